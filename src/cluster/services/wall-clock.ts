import {sleep} from '../../shared/abort.js'

/** Time of day, for what is remembered and planned. Tests have clocks of their own. */
export interface WallClock {
  /** Epoch milliseconds. */
  nowMs(): number
  /** Rejects with the signal's reason as soon as it is aborted. */
  sleep(delayMs: number, signal: AbortSignal): Promise<void>
}

export const systemWallClock: WallClock = {nowMs: Date.now, sleep}
