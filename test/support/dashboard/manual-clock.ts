import type {Clock} from '../../../src/shared/clock.js'

interface Sleeper {
  atMs: number
  wake: () => void
}

/** A clock that stands still until the test moves it. */
export class ManualClock implements Clock {
  ms: number
  readonly #sleepers = new Set<Sleeper>()

  constructor(startMs = 1_000_000) {
    this.ms = startMs
  }

  nowMs(): number {
    return this.ms
  }

  random(): number {
    return 0.5
  }

  async sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (delayMs <= 0) return
    const {promise, resolve, reject} = Promise.withResolvers<void>()
    const sleeper = {atMs: this.ms + delayMs, wake: resolve}
    const onAbort = () => reject(signal.reason as Error)
    this.#sleepers.add(sleeper)
    signal.addEventListener('abort', onAbort, {once: true})
    try {
      await promise
    } finally {
      this.#sleepers.delete(sleeper)
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Moves on, waking whoever's time comes, in order; what they start in turn has begun when it resolves. */
  async advance(ms: number): Promise<void> {
    await settled()
    const endMs = this.ms + ms
    for (;;) {
      const due = [...this.#sleepers].filter(({atMs}) => atMs <= endMs).toSorted((a, b) => a.atMs - b.atMs)[0]
      if (due === undefined) break
      this.ms = Math.max(this.ms, due.atMs)
      this.#sleepers.delete(due)
      due.wake()
      await settled()
    }
    this.ms = endMs
    await settled()
  }
}

/** What was due in this turn has been done: promises, and what they left for the end of the turn. */
async function settled(): Promise<void> {
  await new Promise(resolve => void setImmediate(resolve))
}
