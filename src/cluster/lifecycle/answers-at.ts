import * as z from 'zod/mini'

const health = z.object({pid: z.number()})
const patienceMs = 2000

/** Whether the cluster of that process answers at an address. */
export async function answersAt(url: string, {pid, signal}: {pid: number; signal: AbortSignal}): Promise<boolean> {
  try {
    const response = await fetch(new URL('/healthz', url), {
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
    })
    return health.safeParse(await response.json()).data?.pid === pid
  } catch {
    // No answer, too late, or not ours: whoever asks wants to know only whether it serves.
    signal.throwIfAborted()
    return false
  }
}
