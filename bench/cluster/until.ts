import {setTimeout} from 'node:timers/promises'

/** Asks again and again until there is an answer. */
export async function until<Answer>(
  ask: () => Promise<Answer | undefined>,
  {what, everyMs = 20, patienceMs = 180_000}: {what: string; everyMs?: number; patienceMs?: number},
): Promise<Answer> {
  const started = performance.now()
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() - started > patienceMs) throw new Error(`${what} is not done after ${patienceMs / 1000} s`)
    await setTimeout(everyMs)
  }
}
