// setTimeout fires at once when given more.
const longestTimerMs = 2_147_483_647

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
