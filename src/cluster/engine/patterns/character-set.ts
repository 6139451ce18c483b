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
export function characterSet(node: OneCharacter, cases: CaseTable): CharacterSet | null {
  switch (node.kind) {
    case 'any':
      return new CharacterSet(node.newlines ? () => true : code => code !== 0x0a)
    case 'literal': {
      const {code, ignoreCase, ascii} = node
      if (!ignoreCase) return null
      const lower = lowerOf(ascii)
      const wanted = new Set([lower(code), ...(ascii ? [] : cases.others(lower(code)))])
      return new CharacterSet(character => wanted.has(lower(character)))
    }
    case 'class':
      break
  }
  const {items, negated, ignoreCase, ascii} = node
  const lower = ignoreCase ? lowerOf(ascii) : same
  const tests = items.map(item => itemTest(item, {ignoreCase, ascii}, cases))
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
  cases: CaseTable,
): (code: number) => boolean {
  if ('category' in item) return categoryTest(item.category, ascii)
  const {from, to} = item
  if (!ignoreCase) return code => code >= from && code <= to
  const lower = lowerOf(ascii)
  const wanted = new Set<number>()
  for (let code = from; code <= Math.min(to, firstWithoutCase); code++) {
    const small = lower(code)
    wanted.add(small)
    if (!ascii) for (const other of cases.others(small)) wanted.add(other)
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

/** Small letters that have the same capital, such as ς and σ. Made when it is first asked for. */
export class CaseTable {
  #byLetter: Map<number, number[]> | undefined

  others(small: number): readonly number[] {
    if (small < 128) return small === 0x69 ? [0x1_31] : small === 0x73 ? [0x1_7f] : []
    this.#byLetter ??= lettersOfSameCapital()
    return this.#byLetter.get(small) ?? []
  }
}

function lettersOfSameCapital(): Map<number, number[]> {
  const byCapital = new Map<string, number[]>()
  const lower = lowerOf(false)
  for (let code = 0; code < firstWithoutCase; code++) {
    const letter = String.fromCodePoint(code)
    const capital = letter.toUpperCase()
    if (capital === letter || lower(code) !== code) continue
    const known = byCapital.get(capital)
    if (known) known.push(code)
    else byCapital.set(capital, [code])
  }
  const byLetter = new Map<number, number[]>()
  for (const letters of byCapital.values()) {
    if (letters.length === 1) continue
    for (const letter of letters)
      byLetter.set(
        letter,
        letters.filter(other => other !== letter),
      )
  }
  return byLetter
}
