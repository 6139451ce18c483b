import type {Clock} from '../shared/clock.js'
import {BiomajError} from '../shared/errors.js'

/** What one look gave: a value, or why there is none and how old the last one is. */
export type Look<T> = {ok: true; value: T} | {ok: false; error: BiomajError; lastGood: {value: T; ageMs: number}}

/**
 * Looks again and again, one look at a time, with a pause in between. A failed look is told of and does not end it;
 * only a first one that fails, or the signal, does.
 */
export async function* watch<T>(
  look: () => Promise<T>,
  {pauseMs, signal, clock}: {pauseMs: number; signal: AbortSignal; clock: Pick<Clock, 'nowMs' | 'sleep'>},
): AsyncGenerator<Look<T>, never> {
  let lastGood = {value: await look(), atMs: clock.nowMs()}
  yield {ok: true, value: lastGood.value}
  for (;;) {
    await clock.sleep(pauseMs, signal)
    try {
      lastGood = {value: await look(), atMs: clock.nowMs()}
    } catch (error) {
      if (signal.aborted || !(error instanceof BiomajError)) throw error
      yield {ok: false, error, lastGood: {value: lastGood.value, ageMs: clock.nowMs() - lastGood.atMs}}
      continue
    }
    yield {ok: true, value: lastGood.value}
  }
}
