import {compare, hash as hashOf} from 'bcryptjs'
import {BiomajError} from '../../shared/errors.js'

/** 2^10 rounds: one slice of the event loop, of some 80 ms. */
const cost = 10
/** bcrypt sees no more. */
const maxPasswordBytes = 72
/** Longer ones are nobody's, and not worth the time to look at. */
const maxAttemptBytes = 1024
const maxWaiting = 20
/** Of a password that nobody has; so an unknown user takes as long as a wrong password. */
const nobodysHash = '$2b$10$/JCquSLGUsRm8wltI1hubuNt7GzMl65HkLdlJDJ2vFFVXGHWhvipm'

/**
 * bcrypt as BioMAJ uses it. It is JavaScript and takes tens of milliseconds, in slices of at most 100: one password at a
 * time, so that others get their turn between two slices however many people log in.
 */
export class Passwords {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** @throws BiomajError `usage` for a password that bcrypt would cut off */
  hash(password: string): Promise<string> {
    if (password === '') throw unusable('A password must not be empty')
    if (password.includes('\0')) throw unusable('A password must not contain a null character')
    if (Buffer.byteLength(password) > maxPasswordBytes) {
      throw unusable(`A password must not be longer than ${maxPasswordBytes} bytes`)
    }
    return this.#inTurn(() => hashOf(password, cost))
  }

  /** @param hash null for a user without a password, or nobody: false, but not sooner */
  async verify(password: string, hash: string | null): Promise<boolean> {
    if (Buffer.byteLength(password) > maxAttemptBytes) return false
    const fits = await this.#inTurn(() => compare(password, hash ?? nobodysHash))
    return fits && hash !== null
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= maxWaiting) {
      return Promise.reject(
        new BiomajError({code: 'server_error', message: 'Too many people log in at the same time', hint: 'Try again'}),
      )
    }
    this.#waiting++
    const mine = this.#last.then(work).finally(() => {
      this.#waiting--
    })
    // Whoever comes next does not fail because this one did.
    this.#last = mine.then(
      () => undefined,
      () => undefined,
    )
    return mine
  }
}

function unusable(message: string): BiomajError {
  return new BiomajError({code: 'usage', message})
}
