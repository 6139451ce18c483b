import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import path from 'node:path'
import {createInterface} from 'node:readline'
import * as fc from 'fast-check'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {PatternTooCostly, PythonRegex} from '../../../../src/cluster/engine/patterns/python-regex.js'

type Found = [string, Array<string | null>] | null
interface Answer {
  match: Found
  search: Found
  all: Found[]
}

let child: ChildProcess
let lines: AsyncIterator<string>

beforeAll(() => {
  const started = spawn('/usr/bin/python3', [path.join(import.meta.dirname, 'regex_oracle.py')], {
    env: {LC_ALL: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '1'},
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  lines = createInterface({input: started.stdout})[Symbol.asyncIterator]()
  child = started
})
afterAll(async () => {
  const ended = once(child, 'exit')
  child.stdin?.end()
  await ended
})

async function theirs(pairs: ReadonlyArray<readonly [string, string]>): Promise<Array<Answer | null>> {
  child.stdin?.write(`${JSON.stringify(pairs)}\n`)
  const line = await lines.next()
  if (line.done === true) throw new Error('Python has ended')
  return JSON.parse(line.value) as Array<Answer | null>
}

function found(match: ReturnType<PythonRegex['match']>): Found {
  return match && [match.text, match.groups]
}

function ours(pattern: string | PythonRegex, text: string): Answer {
  const regex = typeof pattern === 'string' ? new PythonRegex(pattern) : pattern
  const budget = {steps: 10_000_000}
  return {
    match: found(regex.match(text, budget)),
    search: found(regex.search(text, budget)),
    all: [...regex.matches(text, budget)].map(match => found(match)),
  }
}

const patterns = String.raw`
^alu.*\.gz$ | alu | .* | .*? | ^.*\.(fa|fasta)(\.gz)?$ | (a|b)*c | (?:(a)|b)* | (a*)* | (a*)+ | (a|b*)* | (|a)+ | (?P<x>a)(?P=x) | a++a | a*+b | (?>a*)b
(?:a|ab){2}+ | (?:ab)*+a | (a)|b\1 | (a)?b(?(1)c|d) | (?=(a+))a*b\1 | (?!.*\.md5$).*\.gz | (?<=a)b | (?<!a)b | (?i)ALU | (?i:A)lu | (?-i:a)L | \d+ | \D+ | \w+ | \W | \s | \S+ | \bgz\b | \Bu | a$ | a\Z | (?m)^b | (?m)a$ | (?s)a.b | a.b
[^a-c]+ | [\w.-]+ | []a]+ | [^]]+ | (?i)[a-z]+ | (?i)ς | (?i)ſ | (?i)[σ-τ] | (?ia)k | (?a)\w+ | (?x) a b # c | a{2} | a{,2} | a{1,} | a{2,3}? | (?:ab){2} | (ab){1,2}? | \x61 | \141 | \u0061 | x*
(.)\1 | (?i)(a)\1 | (?:(x)|(y)|(z))* | ((a)|(b))+ | (?:a(?=b)|b)+ | (?=(a)|(b)) | (?:(?=(a))|b)+ | ^(?:a?){10}a{10} | \Aalu\Z | (?:)* | ()+ | (a??)* | (?:a??)*?b | (a|ab)(c|bcd)(d*) | (?<=(a))b | .
sequence_(\d+)\.(\d+)\.fa | release-(\d+) | ^(?P<base>[^.]+)\.(?P<ext>.+)$ | [\d]+\.*[\d]* | Knowledgebase\sRelease\s(\d+_\d+) | (?:^|/)([^/]+)$
`
  .split(/ \| |\n/)
  .filter(pattern => pattern !== '')

const texts = [
  '',
  'a',
  'b',
  'aa',
  'ab',
  'ba',
  'abc',
  'aab',
  'abab',
  'aabb',
  'bc',
  'bd',
  'abcd',
  'alu.n.gz',
  'ALU.N.GZ',
  'alu.gz\n',
  'alu\n',
  'a\nb\n',
  'b\nb',
  'sequence_12.3.fa',
  'release-112',
  'UniProt Knowledgebase Release 2026_05 consists',
  'a b',
  'aaaaaaaaaaaaaaaaaaaa',
  'é.gz',
  'ÉÀ_ß9',
  'σςΣ',
  'ſsS',
  'Kk',
  '١٢٣',
  'a💡b',
  '💡💡',
  '\u00A0\u2003x\u001C',
  'x²½Ⅷ一',
  'xyzzy',
  'sub/dir/file.fa.gz',
  'a]b[',
  'file.md5',
  'nr.00.tar.gz.md5',
] // prettier-ignore

describe('patterns, as Python matches them', () => {
  it.each(patterns)('%s', async pattern => {
    const answers = await theirs(texts.map(text => [pattern, text]))
    const regex = new PythonRegex(pattern)
    expect(texts.map(text => ({text, ...ours(regex, text)}))).toEqual(
      texts.map((text, index) => ({text, ...answers[index]})),
    )
  })

  // oxlint-disable-next-line vitest/expect-expect -- the property expects
  it('and any others, on any text', async () => {
    const piece = fc.constantFrom(
      ...'a b c . ^ $ | ( ) (?: (?= (?! (?> (?P<n> (?P=n) * + ? *? +? ?? *+ ++ {2} {1,2} {0,1}? [ab] [^a] \\w \\W \\d \\b \\B \\1 \\2 \\Z (?i) (?i: ) )* )+ )? (a) (b|c) (?<=a) (?<!b) (?(1)a|b) ς Σ é'.split(
        ' ',
      ),
    )
    const pattern = fc.array(piece, {minLength: 1, maxLength: 10}).map(parts => parts.join(''))
    const text = fc
      .array(fc.constantFrom(...Array.from('abcABC.\n Σσςé1')), {maxLength: 8})
      .map(parts => parts.join(''))
    const runs = process.env['BIOMAJ_TEST_RUNS']
    let asked = 0
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(pattern, text), {minLength: 100, maxLength: 100}), async pairs => {
        const answers = await theirs(pairs)
        // What Python does not compile is no question here.
        const known = pairs.flatMap(([pattern, text], index) => {
          const answer = answers[index]
          return answer ? [{pattern, text, answer}] : []
        })
        asked += known.length
        expect(known.map(({pattern, text}) => ({pattern, text, answer: ours(pattern, text)}))).toEqual(known)
      }),
      // The same questions each time, and others when somebody asks for more.
      {numRuns: Number(runs ?? 60), endOnFailure: true, ...(runs === undefined && {seed: 1})},
    )
    expect(asked).toBeGreaterThan(500)
  })

  it('knows the same digits, spaces, words and cases over all of the first plane', async () => {
    const codes = Array.from({length: 0x1_00_00}, (_, code) => code).filter(code => code < 0xd8_00 || code > 0xdf_ff)
    const text = String.fromCharCode(...codes.slice(0, 30_000)) + String.fromCharCode(...codes.slice(30_000))
    const wanted = [
      String.raw`\d`,
      String.raw`\s`,
      String.raw`(?i)[a-zς-ϋ]`,
      '(?i)[^à-ÿ]{30}',
      '(?i)i',
      '(?i)ſ',
      '(?i)μ',
      '(?i)ﬅ',
      // Small letters that share a capital with another one.
      ...Array.from('ıſµͅΐΰϐϵϑϰϖϱςϕᲀᲁᲂᲃᲄᲅᲆᲇᲈẛﬆ', letter => `(?i)${letter}`),
    ]
    const answers = await theirs(wanted.map(pattern => [pattern, text]))
    for (const [index, pattern] of wanted.entries()) {
      const found = [...new PythonRegex(pattern).matches(text, {steps: 10_000_000})].map(match => match.text)
      expect([pattern, found]).toEqual([pattern, answers[index]?.all.map(match => match?.[0])])
    }
  })
})

describe('patterns that take too much work', () => {
  it.each(['(a+)+$', '(a|a)*$', '(?:a|aa)+$', '(.*)*x', String.raw`(\w*)*\1x`, '(?:(?:a*)*)*x'])(
    '%s is given up on a name that does not match',
    pattern => {
      expect(() => new PythonRegex(pattern).match(`${'a'.repeat(200)}!`)).toThrow(PatternTooCostly)
    },
  )

  it('but a name of 255 characters that matches, or a plain pattern that does not, is no problem', () => {
    expect(new PythonRegex(String.raw`.*.*\.gz$`).match(`${'a'.repeat(252)}.gz`)?.end).toBe(255)
    expect(new PythonRegex(String.raw`.*.*\.gz$`).match('a'.repeat(255))).toBeNull()
  })

  it('refuses what it cannot translate, with the reason', () => {
    expect(() => new PythonRegex(String.raw`\N{DIGIT ONE}`)).toThrow(/by name/)
    expect(() => new PythonRegex('a(')).toThrow(/"\(" without "\)"/)
  })
})
