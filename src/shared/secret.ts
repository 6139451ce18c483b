import {inspect} from 'node:util'

const masked = '***'

/**
 * A value that must reach the wire and nothing else. Every way in which JavaScript turns an object
 * into text gives `***`; `reveal()` is the only way to the value, so a reader can find each use.
 */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  /** An HTTP header can carry it: ASCII without spaces and control characters, and not empty. */
  get fitsHeader(): boolean {
    return /^[!-~]+$/.test(this.#value)
  }

  toString(): string {
    return masked
  }

  toJSON(): string {
    return masked
  }

  [inspect.custom](): string {
    return masked
  }
}
