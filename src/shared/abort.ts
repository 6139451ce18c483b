import {BiomajError} from './errors.js'

/** setTimeout fires at once when given more. */
export const longestTimerMs = 2_147_483_647

/** Resolves after the delay; rejects at once with the signal's reason when it is aborted. Leaves no timer behind. */
export async function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
  let leftMs = delayMs
  do {
    const stepMs = Math.min(leftMs, longestTimerMs)
    await oneTimer(stepMs, signal)
    leftMs -= stepMs
  } while (leftMs > 0)
}

async function oneTimer(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted()
  await new Promise<void>(resolve => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, delayMs)
    signal?.addEventListener('abort', end, {once: true})
  })
  signal?.throwIfAborted()
}

/** The result of work that knows no signal, or at once the signal's reason when that is aborted; the work goes on unseen. */
export async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const {promise, reject} = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason as Error)
  signal.addEventListener('abort', onAbort, {once: true})
  try {
    return await Promise.race([work, promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Why a signal was aborted: by Ctrl-C (`interrupted`) or by a signal of the system (`terminated`). */
export function interruptionOf({reason}: AbortSignal): BiomajError {
  return reason instanceof BiomajError ? reason : new BiomajError({code: 'interrupted', message: 'Interrupted'})
}

/** The value, or the failure that a user can meet, as a result. An interruption and a bug of ours still throw. */
export async function valueOrError<T>(work: Promise<T>, signal: AbortSignal): Promise<T | BiomajError> {
  try {
    return await work
  } catch (error) {
    if (signal.aborted || !(error instanceof BiomajError)) throw error
    return error
  }
}
