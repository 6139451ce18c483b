import {told} from '../told.js'
import {PatternError} from './pattern-source.js'

/** Fewest and most characters that a part of a pattern takes. */
export interface Width {
  min: number
  max: number
}

export const mostRepeats = 4_294_967_295

export const noWidth: Width = {min: 0, max: 0}
export const oneCharacter: Width = {min: 1, max: 1}

export function capped({min, max}: Width): Width {
  return {min: Math.min(min, mostRepeats - 1), max: Math.min(max, mostRepeats)}
}

export function either(widths: readonly Width[]): Width {
  return {min: Math.min(...widths.map(({min}) => min)), max: Math.max(...widths.map(({max}) => max))}
}

/** The capturing groups that a pattern has so far. */
export class PatternGroups {
  /** By number; undefined while the group is open. Number 0 is the whole pattern. */
  readonly #widths: Array<Width | undefined> = [undefined]
  readonly #names = new Map<string, number>()
  /** Inside a look-behind: how many groups there were before it. */
  lookBehindFrom: number | undefined

  get names(): ReadonlyMap<string, number> {
    return this.#names
  }

  get count(): number {
    return this.#widths.length
  }

  open(name: string | undefined): number {
    const number = this.#widths.length
    if (name !== undefined) {
      if (this.#names.has(name)) throw new PatternError(told`two groups are called "${name}"`)
      this.#names.set(name, number)
    }
    this.#widths.push(undefined)
    return number
  }

  close(number: number, width: Width): void {
    this.#widths[number] = width
  }

  numberOf(name: string): number {
    const number = this.#names.get(name)
    if (number === undefined) throw new PatternError(told`there is no group "${name}"`)
    return number
  }

  /** The width of what a back reference repeats. */
  refer(number: number): Width {
    const width = this.#widths[number]
    if (!width) throw new PatternError(told`it refers to group ${number} from inside of that group, or there is none`)
    this.mustPrecedeLookBehind(number)
    return width
  }

  mustPrecedeLookBehind(number: number): void {
    if (this.lookBehindFrom === undefined) return
    if (!this.#widths[number]) throw new PatternError(told`it refers to group ${number} before that is over`)
    if (number >= this.lookBehindFrom) {
      throw new PatternError(told`a look-behind refers to its own group ${number}`)
    }
  }
}
