import {interruptionOf} from '../../shared/abort.js'

/** Why a cluster in the foreground ends. */
export type EndReason = 'interrupted' | 'terminated' | 'parent-gone'

/** Waits for Ctrl-C, a signal of the system, or the end of the process that started this one. */
export async function untilEnd(signal: AbortSignal, parentGone: Promise<void> | undefined): Promise<EndReason> {
  const {promise, resolve} = Promise.withResolvers<EndReason>()
  const onAbort = () => resolve(interruptionOf(signal).code === 'terminated' ? 'terminated' : 'interrupted')
  signal.addEventListener('abort', onAbort, {once: true})
  if (signal.aborted) onAbort()
  // Only what was started may keep the process; until then a timer does.
  const keepAlive = setInterval(() => undefined, 60_000)
  try {
    return await Promise.race([promise, ...(parentGone ? [parentGone.then(() => 'parent-gone' as const)] : [])])
  } finally {
    clearInterval(keepAlive)
    signal.removeEventListener('abort', onAbort)
  }
}
