import type {Category, ClassItem, PatternNode} from './pattern-tree.js'

const firstBeyondTable = 256
/** No letter with case lies beyond. */
const firstWithoutCase = 0x2_00_00

/** A question about one character, answered from a table for the first 256. */
export class CharacterSet {
  readonly #table = new Uint8Array(firstBeyondTable)
  readonly #holds: (code: number) => boolean

  constructor(holds: (code: number) => boolean) {
    this.#holds = holds
    for (let code = 0; code < firstBeyondTable; code++) this.#table[code] = holds(code) ? 1 : 0
  }

  has(code: number): boolean {
    return code < firstBeyondTable ? this.#table[code] === 1 : this.#holds(code)
  }
}

type OneCharacter = Extract<PatternNode, {kind: 'literal' | 'any' | 'class'}>

/** The set of a node that takes one character; null when only `code` itself is in it. */
export function characterSet(node: OneCharacter): CharacterSet | null {
  switch (node.kind) {
    case 'any':
      return new CharacterSet(node.newlines ? () => true : code => code !== 0x0a)
    case 'literal': {
      const {code, ignoreCase, ascii} = node
      if (!ignoreCase) return null
      const lower = lowerOf(ascii)
      const wanted = new Set([lower(code), ...(ascii ? [] : othersOf(lower(code)))])
      return new CharacterSet(character => wanted.has(lower(character)))
    }
    case 'class':
      break
  }
  const {items, negated, ignoreCase, ascii} = node
  const lower = ignoreCase ? lowerOf(ascii) : same
  const tests = items.map(item => itemTest(item, {ignoreCase, ascii}))
  return new CharacterSet(code => {
    const asked = lower(code)
    return tests.some(test => test(asked)) !== negated
  })
}

function same(code: number): number {
  return code
}

function itemTest(
  item: ClassItem,
  {ignoreCase, ascii}: {ignoreCase: boolean; ascii: boolean},
): (code: number) => boolean {
  if ('category' in item) return categoryTest(item.category, ascii)
  const {from, to} = item
  if (!ignoreCase) return code => code >= from && code <= to
  const lower = lowerOf(ascii)
  const wanted = new Set<number>()
  for (let code = from; code <= Math.min(to, firstWithoutCase); code++) {
    const small = lower(code)
    wanted.add(small)
    if (!ascii) for (const other of othersOf(small)) wanted.add(other)
  }
  return code => wanted.has(code) || (code >= firstWithoutCase && code >= from && code <= to)
}

const digits = /^\p{Nd}$/u
const wordCharacters = /^[\p{L}\p{N}_]$/u
// oxlint-disable-next-line no-control-regex -- control characters are spaces to Python
const spaces = /^[\t-\r\u001C- \u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000]$/u

function categoryTest(category: Category, ascii: boolean): (code: number) => boolean {
  switch (category) {
    case 'd':
      return code => (code < 128 ? code >= 0x30 && code <= 0x39 : !ascii && is(digits, code))
    case 's':
      return ascii ? code => code === 0x20 || (code >= 9 && code <= 13) : code => is(spaces, code)
    case 'w':
      return code => (code < 128 ? is(/^\w$/, code) : !ascii && is(wordCharacters, code))
    case 'D':
    case 'S':
    case 'W':
      break
  }
  const test = categoryTest(category.toLowerCase() as Category, ascii)
  return code => !test(code)
}

/** `\w`, as `\b` asks for it. */
export function wordSet(ascii: boolean): CharacterSet {
  return new CharacterSet(categoryTest('w', ascii))
}

function is(pattern: RegExp, code: number): boolean {
  return pattern.test(String.fromCodePoint(code))
}

/** The small form of a letter, of one character always. */
export function lowerOf(ascii: boolean): (code: number) => number {
  if (ascii) return code => (code >= 0x41 && code <= 0x5a ? code + 32 : code)
  return code => {
    if (code < 128) return code >= 0x41 && code <= 0x5a ? code + 32 : code
    return String.fromCodePoint(code).toLowerCase().codePointAt(0) ?? code
  }
}

/** Small letters that share a capital, such as ς and σ: each is another form of the others. */
const sharedCapitals = [
  'i\u0131 s\u017F \u00B5\u03BC \u0345\u03B9\u1FBE \u0390\u1FD3 \u03B0\u1FE3 \u03B2\u03D0 \u03B5\u03F5 \u03B8\u03D1',
  '\u03BA\u03F0 \u03C0\u03D6 \u03C1\u03F1 \u03C2\u03C3 \u03C6\u03D5 \u0432\u1C80 \u0434\u1C81 \u043E\u1C82 \u0441\u1C83',
  '\u0442\u1C84\u1C85 \u044A\u1C86 \u0463\u1C87 \u1C88\uA64B \u1E61\u1E9B \uFB05\uFB06',
].flatMap(line => line.split(' ').map(group => Array.from(group, letter => letter.codePointAt(0) ?? 0)))

const otherForms: ReadonlyMap<number, readonly number[]> = new Map(
  sharedCapitals.flatMap(group => group.map(letter => [letter, group.filter(other => other !== letter)] as const)),
)

function othersOf(small: number): readonly number[] {
  return otherForms.get(small) ?? []
}
