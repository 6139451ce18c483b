import {told} from '../told.js'
import type {Category, ClassItem} from './pattern-tree.js'

/** Why Python's `re` would not compile a pattern. */
export class PatternError extends Error {}

const hyphen = 0x2d
const octal = /^[0-7]$/
const hex = /^[0-9a-fA-F]$/

const controls: Readonly<Record<string, number>> = {a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92}

/** A pattern, read token by token: a token is one character, or a backslash with the character after it. */
export class PatternSource {
  readonly #characters: readonly string[]
  #index = 0
  /** The names of `\N{…}` so far. */
  readonly unknownNames: string[] = []

  constructor(pattern: string) {
    this.#characters = Array.from(pattern)
  }

  get position(): number {
    return this.#index
  }

  seek(position: number): void {
    this.#index = position
  }

  /** The token that comes next; undefined at the end. */
  get next(): string | undefined {
    const character = this.#characters[this.#index]
    if (character !== '\\') return character
    const escaped = this.#characters[this.#index + 1]
    if (escaped === undefined) throw new PatternError('a backslash at the end')
    return character + escaped
  }

  take(): string | undefined {
    const token = this.next
    if (token !== undefined) this.#index += token.startsWith('\\') ? 2 : 1
    return token
  }

  /** Takes the token if it is this one. */
  accept(token: string): boolean {
    if (this.next !== token) return false
    this.take()
    return true
  }

  /** Takes at most so many characters of a kind. */
  run(kind: RegExp, atMost = Number.POSITIVE_INFINITY): string {
    let text = ''
    while (text.length < atMost && this.next !== undefined && kind.test(this.next)) text += this.take() ?? ''
    return text
  }

  /** Everything up to a terminator, which is taken too. */
  until(terminator: string, what: string): string {
    let text = ''
    for (;;) {
      const token = this.take()
      if (token === undefined)
        throw new PatternError(text === '' ? told`${what} is missing` : told`${what} does not end`)
      if (token === terminator) {
        if (text === '') throw new PatternError(told`${what} is missing`)
        return text
      }
      text += token
    }
  }

  /** What `\x`, `\u`, `\U`, `\N` and control escapes stand for; undefined for all others. */
  commonEscape(letter: string): number | undefined {
    if (letter === 'x') return this.#hexadecimal(letter, 2)
    if (letter === 'u') return this.#hexadecimal(letter, 4)
    if (letter === 'U') {
      const code = this.#hexadecimal(letter, 8)
      if (code > 0x10_ff_ff) throw new PatternError(String.raw`\U with a number that is no character`)
      return code
    }
    if (letter === 'N') {
      if (!this.accept('{')) throw new PatternError(String.raw`\N without a name in braces`)
      this.unknownNames.push(this.until('}', 'the name of a character'))
      // Which name is which character is not known here; any will do, as a range with one is rare.
      return 0
    }
    return Object.hasOwn(controls, letter) ? controls[letter] : undefined
  }

  /** `[…]`, after the bracket. */
  readClass(): {negated: boolean; items: ClassItem[]} {
    const negated = this.accept('^')
    const items: ClassItem[] = []
    for (;;) {
      const token = this.#takeInClass()
      if (token === ']' && items.length > 0) return {negated, items}
      const low = this.#classItem(token)
      if (!this.accept('-')) {
        items.push(low)
        continue
      }
      const end = this.#takeInClass()
      if (end === ']') return {negated, items: [...items, low, {from: hyphen, to: hyphen}]}
      const high = this.#classItem(end)
      if ('category' in low || 'category' in high || high.from < low.from) {
        throw new PatternError(told`the range "${token}-${end}" in brackets runs backwards or is none`)
      }
      items.push({from: low.from, to: high.from})
    }
  }

  #takeInClass(): string {
    const token = this.take()
    if (token === undefined) throw new PatternError('"[" without "]"')
    return token
  }

  #classItem(token: string): ClassItem {
    if (!token.startsWith('\\')) return single(token.codePointAt(0) ?? 0)
    const letter = token.slice(1)
    if (/^[dDsSwW]$/.test(letter)) return {category: letter as Category}
    const common = this.commonEscape(letter)
    if (common !== undefined) return single(common)
    if (octal.test(letter)) return single(octalCode(letter + this.run(octal, 2)))
    if (/^[0-9a-zA-Z]$/.test(letter)) throw unknownEscape(token)
    return single(letter.codePointAt(0) ?? 0)
  }

  #hexadecimal(letter: string, digits: number): number {
    const text = this.run(hex, digits)
    if (text.length < digits) throw new PatternError(told`\\${letter} without its ${digits} hexadecimal digits`)
    return Number.parseInt(text, 16)
  }
}

function single(code: number): ClassItem {
  return {from: code, to: code}
}

export function octalCode(digits: string): number {
  const code = Number.parseInt(digits, 8)
  if (code > 0o377) throw new PatternError(told`\\${digits} is too large for an octal number`)
  return code
}

export function unknownEscape(token: string): PatternError {
  return new PatternError(told`"${token}" means nothing in Python`)
}
