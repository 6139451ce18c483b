import type {BiomajClient} from '../api/client.js'
import type {ClusterEvent} from '../api/contract/event.js'
import type {Clock} from '../shared/clock.js'
import {BiomajError} from '../shared/errors.js'

/** `lost`: no events come until the next one; nothing is missed meanwhile, unless a `gap` says so. */
export type Followed = {ok: true; event: ClusterEvent} | {ok: false; error: BiomajError}

const firstDelayMs = 1000
const longestDelayMs = 30_000
// A key that was refused stays so, and a cluster without events gets none.
const hopeless: ReadonlySet<string> = new Set(['login_required', 'key_invalid', 'forbidden', 'usage'])

/**
 * The changes of a cluster with the capability `events`, for ever: a stream that ends or breaks is taken up where it was,
 * after a pause that grows while nothing comes. Ends only with the signal, or with an error that trying again cannot mend.
 */
export async function* followEvents(
  {additions}: Pick<BiomajClient, 'additions'>,
  {after, signal, clock}: {after?: string | undefined; signal: AbortSignal; clock: Clock},
): AsyncGenerator<Followed, never> {
  let position = after
  let failures = 0
  for (;;) {
    try {
      for await (const event of additions.events({after: position, signal})) {
        position = event.id
        failures = 0
        yield {ok: true, event}
      }
    } catch (error) {
      if (signal.aborted || !(error instanceof BiomajError) || isHopeless(error)) throw error
      failures++
      yield {ok: false, error}
    }
    const delayMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.max(0, failures - 1))
    // Not all clients of a cluster that was away come back at once.
    await clock.sleep(delayMs * (0.5 + clock.random() / 2), signal)
  }
}

function isHopeless({code, details}: BiomajError): boolean {
  return hopeless.has(code) || (code === 'protocol' && details?.['status'] === 404)
}
