import {globSync, readFileSync} from 'node:fs'
import * as fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {type IniFile, parseIni} from '../../../../src/cluster/engine/properties/ini.js'
import {interpolate} from '../../../../src/cluster/engine/properties/interpolation.js'
import {describeWithOracle} from '../oracle.js'

type Values = Record<string, Record<string, {value: string} | {error: string}>>
type Answer = {ok: false; error: string} | {ok: true; raw: Record<string, Record<string, string>>; values: Values}

const errorNames = {
  syntax: 'InterpolationSyntaxError',
  'unknown-key': 'InterpolationMissingOptionError',
  'too-deep': 'InterpolationDepthError',
  'too-long': 'none of theirs',
}

/** What ours makes of files, each read over those before it, in the form of Python's answer. */
function ours(files: readonly Uint8Array[]): Answer {
  const parsed: IniFile[] = []
  for (const bytes of files) {
    let text: string
    try {
      text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
    } catch {
      return {ok: false, error: 'UnicodeDecodeError'}
    }
    parsed.push(parseIni(text, 'a.properties'))
  }
  if (parsed.some(({problems}) => problems.length > 0)) return {ok: false, error: 'a problem'}
  const merged = new Map<string, Map<string, string>>()
  const defaults = new Map<string, string>()
  for (const file of parsed) {
    for (const [key, {raw}] of file.defaults) defaults.set(key, raw)
    for (const [name, entries] of file.sections) {
      const section = merged.get(name) ?? new Map<string, string>()
      merged.set(name, section)
      for (const [key, {raw}] of entries) section.set(key, raw)
    }
  }
  const sections = Array.from(merged, ([name, section]) => ({name, all: new Map([...defaults, ...section])}))
  return {
    ok: true,
    raw: Object.fromEntries(sections.map(({name, all}) => [name, Object.fromEntries(all)])),
    values: Object.fromEntries(
      sections.map(({name, all}) => [
        name,
        Object.fromEntries(
          Array.from(all, ([key, raw]) => {
            const result = interpolate(raw, reference => all.get(reference))
            return [key, result.ok ? {value: result.value} : {error: errorNames[result.problem.kind]}]
          }),
        ),
      ]),
    ),
  }
}

const general = (body: string) => `[GENERAL]\n${body}`
const chain = (length: number) =>
  general(Array.from({length}, (_, index) => `k${index}=%(k${index + 1})s`).join('\n') + `\nk${length}=50%%\n`)

/** Name of what is tried, and the text; several texts are files read one over the other. */
const corpus: Record<string, string | string[]> = {
  'nothing at all': '',
  'empty lines': '\n\n  \n',
  'comments before a section': '# a\n; b\n\n[GENERAL]\na=1\n',
  'a key before any section': 'a=1\n[GENERAL]\n',
  'an indented key before any section': '  a=1\n',
  'capitals in keys': general('A.B=1\nBLOCKS=X\n'),
  'a key twice, with other capitals': general('a=1\nA=2\n'),
  'a key twice, and a line without delimiter': general('a=1\nnonsense\na=2\n'),
  'a section twice': '[GENERAL]\na=1\n[GENERAL]\nb=1\n',
  'sections with other capitals': '[GENERAL]\na=1\n[general]\na=2\n[ GENERAL ]\na=3\n',
  'DEFAULT twice': '[DEFAULT]\na=1\n[GENERAL]\nb=%(a)s\n[DEFAULT]\nc=2\n',
  'a key of DEFAULT twice': '[DEFAULT]\na=1\n[DEFAULT]\na=2\n',
  'DEFAULT behind': '[GENERAL]\na=%(b)s\n[DEFAULT]\nb=1\n',
  'both delimiters': general('a=1\nb:2\nc = 3\nd : 4\ne=f:g\nh:i=j\nk = = l\n'),
  'no delimiter': general('a\n'),
  'no delimiter, later': general('a=1\nb\nc=2\n'),
  'no key': general('=1\n'),
  'no key but a space': general('  = 1\n'),
  'no value': general('a=\nb:\nc =   \n'),
  'spaces around': general('  a  =  1  \n'),
  'tabs around': general('\ta\t=\t1\t\n'),
  'spaces inside': general('a b = c d\n'),
  'a header with more behind': '[GENERAL] and more\na=1\n',
  'a header with brackets': '[a]b]\nc=1\n',
  'an empty header': '[]\na=1\n',
  'an empty header inside': general('[]\n'),
  'a header without end': '[GENERAL\na=1\n',
  'an indented header': '  [GENERAL]\na=1\n',
  'a key that looks like a header': general('[x]=1\n'),
  'a value that looks like a header': general('a=[x]\n'),
  'an indented header in a value': general('a=1\n  [x]\n'),
  continuation: general('a=1\n  2\n\t3\n'),
  'continuation with other indents': general('  a=1\n  b=2\n   c\n b=3\n'),
  'continuation deeper and back': general('a=1\n    b\n  c\nd=2\n'),
  'continuation that looks like a key': general('a=1\n  b=2\nc=3\n'),
  'continuation of nothing': general('a=\n  1\n  2\n'),
  'continuation right after a header': '[GENERAL]\n  a=1\n  b=2\n',
  'continuation over empty lines': general('a=1\n\n  2\n\n\nb=3\n'),
  'continuation over a comment': general('a=1\n# c\n  # d\n  2\n'),
  'continuation after a bad line': general('a=1\nbad\n  2\n'),
  'empty lines at the end of a value': general('a=1\n\n\n'),
  comments: general('# a=1\n; b=2\n  # c=3\nd=4 # e\nf=5 ; g\nh=#i\nj=;k\n#=l\n'),
  'line ends of Windows': '[GENERAL]\r\na=1\r\n  2\r\n\r\nb=3\r\n',
  'line ends of old Macs': '[GENERAL]\ra=1\rb=2',
  'mixed line ends': '[GENERAL]\n\ra=1\r\r\nb=2\n\r',
  'other line separators': general('a=1\u20282\u20293\u00854\u000B5\u000C6\u001C7\nb=8\n'),
  'no line end at the end': general('a=1'),
  'a byte-order mark': '\uFEFF[GENERAL]\na=1\n',
  'a byte-order mark before a comment': '\uFEFF# a\n[GENERAL]\na=1\n',
  'a byte-order mark alone': '\uFEFF',
  'a byte-order mark inside': general('\uFEFFa=1\n\uFEFF\n'),
  'spaces of other scripts': general('\u00A0a\u3000=\u20021\u0085\n\u001Fb=2\u200B\n\u1680 c\n'),
  'letters of other scripts': general('Änderung=ß\nİ=i\nΑΣ=σ\nK=kelvin\n'),
  'a zero byte': general('a=1\u00002\n'),
  emoji: general('💡=💡%(💡)s\nb=💡\n'),
  interpolation: general('a=1\nb=%(a)s/%(A)s/%(a)s\nc=%(b)s%%\nd=%%(a)s\ne=%%%%\n'),
  'interpolation of nothing': general('a=%(b)s\n'),
  'interpolation of itself': general('a=%(a)s\n'),
  'interpolation in a circle': general('a=%(b)s\nb=%(a)s\n'),
  'nine steps': chain(9),
  'ten steps': chain(10),
  'eleven steps': chain(11),
  'interpolation that is broken below': general('a=%(b)s\nb=5%\n'),
  'percent signs': general('a=%\nb=%d\nc=5% of\nd=%(\ne=%(a\nf=%(a)\ng=%()s\nh=%(a)d\ni=%%%\nj=% (a)s\nk=%%s\n'),
  'references with odd names': general('a b=1\nc=%(a b)s%( a b )s\nd=%(a\n  b)s\n'),
  'a reference over lines': general('a=%(b\n  c)s\n'),
  'interpolation from another section': '[GENERAL]\na=%(b)s\n[x]\nb=1\n',
  'two files': [general('a=1\nb=2\nc=%(b)s\n'), general('b=3\nd=%(a)s\n')],
  'two files, a section in one': ['[x]\na=1\n', general('b=1\n')],
  'two files, DEFAULT in the second': [general('a=1\n'), '[DEFAULT]\na=2\nb=3\n'],
  'two files, DEFAULT in both': ['[DEFAULT]\na=1\n[GENERAL]\n', '[DEFAULT]\na=2\n'],
  'two files, the first broken': [general('a\n'), general('b=1\n')],
  'two files, the second broken': [general('a=1\n'), general('b\n')],
  'two files, the second without a section': [general('a=1\n'), 'b=1\n'],
  'two files, continuation over the border': [general('a=1\n'), '[GENERAL]\n  2\n'],
}

const bytes: Record<string, readonly number[]> = {
  'Latin-1': [...Buffer.from('[GENERAL]\na='), 0xe9, 0x0a],
  'half a character at the end': [...Buffer.from('[GENERAL]\na='), 0xc3],
  'a surrogate in UTF-8': [...Buffer.from('[GENERAL]\na='), 0xed, 0xa0, 0x80],
  'an overlong form': [...Buffer.from('[GENERAL]\na='), 0xc0, 0xaf],
  'UTF-16': [...Buffer.from('\uFEFF[GENERAL]\na=1\n', 'utf16le')],
}

const fragments = [
  'a|B|b|k.x|=|:| |  |\t|%|%%|%(a)s|%(B)s|%(k.x)s|%(no)s|%('.split('|'),
  ['[', ']', '[GENERAL]', '[x]', '[DEFAULT]', '#', ';', '1', '\\', '\r', '\u00A0', '\uFEFF', 'é', '\u2028', '\u001C'],
].flat()

const line = fc.oneof(
  fc.array(fc.constantFrom(...fragments), {maxLength: 8}).map(parts => parts.join('')),
  fc
    .record({
      indent: fc.constantFrom('', '', '', ' ', '\t'),
      key: fc.constantFrom('a', 'b', 'c', 'D', 'k.x', 'E f'),
      delimiter: fc.constantFrom('=', ':', ' = '),
      value: fc.constantFrom('', '1', 'x y', '%(a)s', '%(b)s-%(D)s', '%(e f)s', '%%', '%', '# c', '1 ; c', '%(K.X)s%%'),
    })
    .map(({indent, key, delimiter, value}) => indent + key + delimiter + value),
)
const generated = fc
  .record({
    lines: fc.array(line, {maxLength: 10}),
    end: fc.constantFrom('\n', '\n', '\r\n', '\r'),
    head: fc.constantFrom('[GENERAL]', '[GENERAL]', '[GENERAL]', ''),
  })
  .map(({lines, end, head}) => [head, ...lines].join(end))

describeWithOracle('files, as Python reads them', oracle => {
  const theirs = async (files: readonly Uint8Array[]) => {
    const answer = await oracle.ask<Answer>({
      ask: 'parse',
      files: files.map(file => Buffer.from(file).toString('base64')),
    })
    // Which error it is differs: ours tells all problems, Python the first.
    return answer.ok ? answer : {ok: false, error: expect.any(String)}
  }

  it.each(Object.entries(corpus))('%s', async (_, text) => {
    const files = [text].flat().map(each => Buffer.from(each))
    expect(ours(files)).toEqual(await theirs(files))
  })

  it.each(Object.entries(bytes))('%s', async (_, content) => {
    const files = [Uint8Array.from(content)]
    expect(ours(files)).toEqual(await theirs(files))
  })

  it('any others', async () => {
    const outcomes = {read: 0, refused: 0}
    await fc.assert(
      fc.asyncProperty(fc.array(generated, {minLength: 1, maxLength: 2}), async texts => {
        const files = texts.map(text => Buffer.from(text))
        const mine = ours(files)
        expect(mine).toEqual(await theirs(files))
        outcomes[mine.ok ? 'read' : 'refused']++
      }),
      {numRuns: 2000},
    )
    // A generator that only makes what is refused would prove nothing.
    expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(200)
  })

  const examples = globSync('/usr/share/doc/python3-biomaj3/examples/**/*.properties*')
  it.each(examples.filter(file => /\.properties(\.example)?$/.test(file)))('%s', async file => {
    const mine = ours([readFileSync(file)])
    expect(mine.ok).toBe(true)
    expect(mine).toEqual(await theirs([readFileSync(file)]))
  })
})

describe('a file', () => {
  it('gives each key its name as typed, and the line where it begins', () => {
    const {sections} = parseIni('# x\n[GENERAL]\n\nBLOCKS=a\n  b\nPROC1.exe : c\n', 'alu.properties')
    expect([...(sections.get('GENERAL')?.values() ?? [])]).toEqual([
      {key: 'blocks', name: 'BLOCKS', raw: 'a\nb', file: 'alu.properties', line: 4},
      {key: 'proc1.exe', name: 'PROC1.exe', raw: 'c', file: 'alu.properties', line: 6},
    ])
  })

  it('tells all of its problems, where Python stops at the first', () => {
    const {problems} = parseIni('[GENERAL]\na=1\nA=2\nnonsense\n=3\n[GENERAL]\n', 'alu.properties')
    expect(problems.map(({kind, line}) => `${line} ${kind}`)).toEqual([
      '3 duplicate-key',
      '4 no-delimiter',
      '5 no-key',
      '6 duplicate-section',
    ])
  })

  it('never shows a value in a problem', () => {
    const {problems} = parseIni('[GENERAL]\npassword hunter2\npassword=hunter2\npassword=hunter2\n', 'alu.properties')
    expect(problems).toHaveLength(2)
    expect(JSON.stringify(problems)).not.toContain('hunter2')
  })

  it.each([
    ['many references', 50, 'x'],
    ['long values', 3, 'x'.repeat(200_000)],
  ])('ends with a problem where %s would fill any memory', (_, times, last) => {
    const values = new Map([['k9', last]])
    for (let level = 0; level < 9; level++) values.set(`k${level}`, `%(k${level + 1})s`.repeat(times))
    const result = interpolate('%(k0)s', key => values.get(key))
    expect(result).toMatchObject({ok: false, problem: {kind: 'too-long'}})
  })
})
