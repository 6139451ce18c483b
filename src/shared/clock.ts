import {sleep} from './abort.js'

/** Time as the client sees it. Tests have clocks of their own. */
export interface Clock {
  /** Monotonic milliseconds. */
  nowMs(): number
  /** Rejects with the signal's reason as soon as it is aborted. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>
  /** 0 to 1, for jitter. */
  random(): number
}

export const systemClock: Clock = {nowMs: () => performance.now(), sleep, random: Math.random}
