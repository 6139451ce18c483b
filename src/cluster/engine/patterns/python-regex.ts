import {BiomajError} from '../../../shared/errors.js'
import {told} from '../told.js'
import {type Codes, type PatternBudget, PatternMachine} from './pattern-machine.js'
import {compileTree, type PatternProgram} from './pattern-program.js'
import {PatternError} from './pattern-source.js'
import {parsePythonPattern} from './python-pattern.js'

export {type PatternBudget, PatternTooCostly} from './pattern-machine.js'

export interface PatternMatch {
  /** In characters of JavaScript (UTF-16). */
  begin: number
  end: number
  text: string
  /** Group 1 first; null for a group that took no part. */
  groups: Array<string | null>
}

/** Enough for any honest pattern on the name of a file, and over in milliseconds. */
export const stepsPerName = 1_000_000

/**
 * A regular expression with the meaning that Python's `re` gives it. Each use is bounded by a budget of steps: a pattern
 * that would backtrack without end throws `PatternTooCostly`.
 */
export class PythonRegex {
  readonly source: string
  readonly groups: number
  readonly #program: PatternProgram

  /** @throws {BiomajError} `config_invalid` for what Python would not compile, and for `\N{…}` */
  constructor(source: string) {
    this.source = source
    try {
      const tree = parsePythonPattern(source)
      const [name] = tree.unknownNames
      if (name !== undefined) throw new PatternError(told`characters cannot be given by name here: \\N{${name}}`)
      this.#program = compileTree(tree)
      this.groups = tree.groups
    } catch (error) {
      if (!(error instanceof PatternError)) throw error
      const message = told`The pattern "${source}" cannot be used: ${error.message}`
      throw new BiomajError({code: 'config_invalid', message, hint: 'Write a regular expression of Python.'})
    }
  }

  /** `re.match`: from the first character, not necessarily to the last. */
  match(text: string, budget: PatternBudget = {steps: stepsPerName}): PatternMatch | null {
    const subject = new Subject(text)
    const machine = new PatternMachine(this.#program, subject.codes, budget)
    const end = machine.run(0)
    return end < 0 ? null : this.#matchOf(subject, machine, 0, end)
  }

  /** `re.search`: the first place where it matches. */
  search(text: string, budget: PatternBudget): PatternMatch | null {
    const {value} = this.matches(text, budget).next()
    return value ?? null
  }

  /** `re.finditer`: all matches that do not overlap, one by one. */
  *matches(text: string, budget: PatternBudget): Generator<PatternMatch, undefined> {
    const subject = new Subject(text)
    const {codes} = subject
    const {firstCode, anchored} = this.#program
    const machine = new PatternMachine(this.#program, codes, budget)
    let begin = 0
    let mustAdvance = false
    while (begin <= codes.length) {
      if (firstCode !== null) {
        const next = codes.indexOf(firstCode, begin)
        if (next < 0) return undefined
        if (next !== begin) mustAdvance = false
        begin = next
      }
      const end = machine.run(begin, mustAdvance)
      if (end >= 0) {
        yield this.#matchOf(subject, machine, begin, end)
        mustAdvance = end === begin
        begin = end
      } else {
        if (anchored) return undefined
        mustAdvance = false
        begin++
      }
    }
    return undefined
  }

  #matchOf(subject: Subject, machine: PatternMachine, begin: number, end: number): PatternMatch {
    const groups = Array.from({length: this.groups}, (_, index) => {
      const range = machine.group(index + 1)
      return range ? subject.slice(...range) : null
    })
    return {begin: subject.offset(begin), end: subject.offset(end), text: subject.slice(begin, end), groups}
  }
}

/** A text in the characters that Python counts: code points. */
class Subject {
  readonly codes: Codes
  readonly #text: string

  constructor(text: string) {
    this.#text = text
    if (/[\uD800-\uDBFF][\uDC00-\uDFFF]/.test(text)) {
      this.codes = Uint32Array.from(Array.from(text, character => character.codePointAt(0) ?? 0))
    } else {
      this.codes = new Uint16Array(text.length)
      for (let index = 0; index < text.length; index++) this.codes[index] = text.charCodeAt(index)
    }
  }

  slice(begin: number, end: number): string {
    if (this.codes instanceof Uint16Array) return this.#text.slice(begin, end)
    let text = ''
    for (const code of this.codes.subarray(begin, end)) text += String.fromCodePoint(code)
    return text
  }

  offset(index: number): number {
    return this.codes instanceof Uint16Array ? index : this.slice(0, index).length
  }
}
