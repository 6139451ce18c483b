import {setTimeout} from 'node:timers/promises'

/** Asks again and again until there is an answer. */
export async function until<Answer>(
  ask: () => Promise<Answer | undefined>,
  {everyMs = 20, patienceMs = 300_000}: {everyMs?: number; patienceMs?: number} = {},
): Promise<Answer> {
  const started = performance.now()
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() - started > patienceMs) throw new Error(`Nothing after ${patienceMs / 1000} s`)
    await setTimeout(everyMs)
  }
}
