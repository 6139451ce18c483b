import * as fc from 'fast-check'
import {expect, it} from 'vitest'
import {pythonPatternProblem} from '../../../../src/cluster/engine/patterns/python-pattern.js'
import {describeWithOracle} from '../oracle.js'

// Each is one rule of Python's parser, from both sides of it where there are two.
const handwritten = String.raw`
^alu.*\.gz$ | ^pdbaa.*\.gz$ | **/* | * | a** | a*? | a*+ | a*?? | a++ | (a*)* | (?:a*)* | (?:)* | ()* | ^* | $* | \b* | \Z+ | (?=a)*
a{2} | a{2,} | a{,2} | a{2,1} | a{ | a{} | a{x} | a{1,2 | {2} | a{2}{3} | a{4294967295} | a{99999999999} | a{,} | {,}
[ | [] | []] | [^] | [^]] | [a | [a-] | [-a] | [z-a] | [a-z | [\d-z] | [a-\d] | [\w] | [\b] | [\B] | [\Z] | [\8] | [\777] | [\x4] | [\x41-\x5a] | [[:alpha:]]
( | ) | (a | a) | (a)) | (?) | (? | (?: | (?:a) | (?>a) | (?P<n>a) | (?P<1>a) | (?P<>a) | (?P<n | (?P<n>a)(?P<n>b) | (?P=n) | (?P<n>a)(?P=n) | (?P>n) | (?P
(?<n>a) | (?<=a) | (?<=a*) | (?<=ab|cd) | (?<=a|bc) | (?<!a{3}) | (?<!a{2,3}) | (?< | (?<x | (a)(?<=\1) | (?<=(a)\1) | (?<=(a))\1 | (a+)(?<=\1)
(?#c) | (?#c | a(?#c)* | a*(?#c)* | (?i)a | a(?i) | (?i)|a | |(?i) | (?i | (?i: | (?i:a) | (?-i:a) | (?i-i:a) | (?-:a) | (?z) | (?iz) | (?L) | (?au) | (?a)(?u) | (?u-a:b) | (?t) | (?t:a) | (?x) a # c
(?x)( # ) | (?x:a # c) | ((?x)a) | (?x)[ #] | (?x)a * | (?x) | (?ix)a
\1 | (a)\1 | (a\1) | (a)\2 | \0 | \08 | \07 | \400 | \377 | \777 | \18 | \99 | (a)\10 | \d\D\s\S\w\W | \A\Z | \z | \Q | \e | \h | \é | \_ | \- | \  | \x | \x4g | \x41 | \u004 | \u0041 | \U00110000 | \U0010FFFF | \N | \N{ | \N{} | \N{DIGIT ONE}
(a)(?(1)b) | (a)(?(1)b|c) | (a)(?(1)b|c|d) | (?(1)a) | (?(0)a) | (a)(?(2)b) | (?(x)a) | (?P<x>a)?(?(x)b|c) | (?(-1)a) | (?(1 | (a)(?(1 | (a)?(?<=(?(1)bb|b)) | (a)?(?<=(?(1)b|c))
(?x:a(?-x: )b) | a|b|c | | | (|a) | [a-z]+(?=\.gz) | (?!x)y | \d{4}-\d{2} | Knowledgebase\sRelease\s(\d+_\d+)
`
  .split(/ \| |\n/)
  .filter(pattern => pattern !== '')

const pieces = [
  Array.from('abz09_-,.^$*+?{}[]()|\\:<>=!#PxiuLnN \n'),
  '(? (?: (?P<n> (?P=n) (?<= (?<! (?i) (?x) (?# (?(1) [^ {2} {2, {,3} )* )? [a-z] (a) .* é 💡'.split(' '),
  String.raw`\d \1 \b \x41 \07 \Z`.split(' '),
].flat()
const generated = fc
  .array(fc.constantFrom(...pieces), {minLength: 1, maxLength: 12})
  .map(parts => parts.join(''))
  // Names of characters are not known to ours.
  .filter(pattern => !pattern.includes(String.raw`\N{`))

describeWithOracle('patterns, as Python compiles them', oracle => {
  const theirs = async (pattern: string) => oracle.ask<{ok: boolean; error?: string}>({ask: 'pattern', pattern})

  it.each(handwritten)('%s', async pattern => {
    const {ok, error} = await theirs(pattern)
    expect(
      pythonPatternProblem(pattern) === undefined,
      `Python: ${error ?? 'ok'}; ours: ${pythonPatternProblem(pattern) ?? 'ok'}`,
    ).toBe(ok)
  })

  it('and any others', async () => {
    await fc.assert(
      fc.asyncProperty(generated, async pattern => {
        const {ok, error} = await theirs(pattern)
        expect(
          pythonPatternProblem(pattern) === undefined,
          `Python: ${error ?? 'ok'}; ours: ${pythonPatternProblem(pattern) ?? 'ok'}`,
        ).toBe(ok)
      }),
      {numRuns: 3000},
    )
  })

  it.each([50, 200, 5000])('%d groups, one in the other', async depth => {
    const pattern = '('.repeat(depth) + ')'.repeat(depth)
    expect(pythonPatternProblem(pattern) === undefined).toBe((await theirs(pattern)).ok)
  })
})
