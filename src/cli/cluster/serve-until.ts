/** Waits for Ctrl-C or a signal of the system. */
export async function untilEnd(signal: AbortSignal): Promise<void> {
  const {promise, resolve} = Promise.withResolvers<void>()
  const onAbort = () => resolve()
  signal.addEventListener('abort', onAbort, {once: true})
  if (signal.aborted) onAbort()
  // Only what was started may keep the process; until then a timer does.
  const keepAlive = setInterval(() => undefined, 60_000)
  try {
    await promise
  } finally {
    clearInterval(keepAlive)
    signal.removeEventListener('abort', onAbort)
  }
}
