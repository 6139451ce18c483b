import {isSameData} from '../../shared/same-data.js'
import type {Part, PartError} from '../../operations/board/part.js'

/** The last good value of a read, how old it is, and why the last attempt gave nothing, if it did. */
export interface Kept<T> {
  value: T | undefined
  /** When the value was read, on the monotonic clock. */
  atMs: number | undefined
  /** Of the last attempt; undefined when that went well. */
  error: PartError | undefined
}

export const nothingYet: Kept<never> = {value: undefined, atMs: undefined, error: undefined}

/** Takes what a read gave. An equal value stays the very same object, so that what is drawn from it need not change. */
export function keep<T>(before: Kept<T>, part: Part<T>, atMs: number): Kept<T> {
  if (!part.available) return {...before, error: part.error}
  const value = isSameData(before.value, part.value) ? before.value : part.value
  return {value, atMs, error: undefined}
}

/** `fresh`; `late` after two intervals without a good read; `stale` after three; `missing` before the first. */
export type Freshness = 'missing' | 'fresh' | 'late' | 'stale'

export function freshness({atMs}: Kept<unknown>, {nowMs, intervalMs}: {nowMs: number; intervalMs: number}): Freshness {
  if (atMs === undefined) return 'missing'
  const intervals = (nowMs - atMs) / intervalMs
  if (intervals < 2) return 'fresh'
  return intervals < 3 ? 'late' : 'stale'
}
