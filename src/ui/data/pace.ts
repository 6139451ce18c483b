import type {ErrorCode} from '../../shared/errors.js'

export const longestPauseMs = 15_000
const longestRetryMs = 30_000
/** Rounds without a change before they come further apart. */
const patience = 5

/**
 * When the next round comes. While nothing happens rounds come further apart, up to 15 s; whatever happens brings back the
 * interval. A cluster that answers with errors is asked less and less often, up to every 30 s; one that cannot be reached
 * costs nobody anything, and is tried at the interval, so that its return is seen within one.
 */
export class Pace {
  #intervalMs: number
  readonly #random: () => number
  #quietRounds = 0
  #failures = 0
  #isSoon = false
  #isReachable = true

  constructor({intervalMs, random}: {intervalMs: number; random: () => number}) {
    this.#intervalMs = intervalMs
    this.#random = random
  }

  setIntervalMs(intervalMs: number): void {
    this.#intervalMs = intervalMs
    this.somethingHappened()
  }

  somethingHappened(): void {
    this.#quietRounds = 0
  }

  /** The next round is to follow the one in flight at once. */
  soon(): void {
    this.#isSoon = true
  }

  readWell(isChanged: boolean): void {
    this.#failures = 0
    this.#isReachable = true
    this.#quietRounds = isChanged ? 0 : this.#quietRounds + 1
  }

  failed(code: ErrorCode): void {
    this.#failures += 1
    this.#isReachable = code !== 'unreachable'
  }

  /** Pause before the next round, without what was asked for by `soon`. */
  get pauseMs(): number {
    if (this.#failures > 0) {
      const retryMs = this.#isReachable ? this.#intervalMs * 2 ** Math.min(this.#failures - 1, 10) : this.#intervalMs
      return Math.min(retryMs, Math.max(longestRetryMs, this.#intervalMs)) * (0.8 + 0.2 * this.#random())
    }
    const longer = Math.max(0, this.#quietRounds - patience)
    return Math.max(this.#intervalMs, Math.min(longestPauseMs, this.#intervalMs * 1.5 ** Math.min(longer, 10)))
  }

  takePauseMs(): number {
    const isSoon = this.#isSoon
    this.#isSoon = false
    return isSoon ? 0 : this.pauseMs
  }
}
