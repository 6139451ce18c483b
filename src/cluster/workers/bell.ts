import {sleep} from '../../shared/abort.js'

/** Wakes whoever waits for a change. A ring between a look and the wait for the next one is not lost. */
export class Bell {
  #count = 0
  #rung = new AbortController()

  get count(): number {
    return this.#count
  }

  ring(): void {
    this.#count += 1
    this.#rung.abort()
    this.#rung = new AbortController()
  }

  /** Resolves at the next ring after the count was read, or after the time; rejects with the signal's reason. */
  async wait({count, longestMs, signal}: {count: number; longestMs: number; signal?: AbortSignal}): Promise<void> {
    signal?.throwIfAborted()
    if (count !== this.#count) return
    const rung = this.#rung.signal
    const both = signal ? AbortSignal.any([rung, signal]) : rung
    try {
      await sleep(longestMs, both)
    } catch (error) {
      signal?.throwIfAborted()
      if (!rung.aborted) throw error
    }
  }
}
