import type {BiomajClient} from '../api/client.js'
import {BiomajError} from '../shared/errors.js'
import {type BankSituation, requireOwner, situationOf} from './preflight.js'

export type Cancellation =
  | {bank: string; state: 'requested'; situation: Exclude<BankSituation, 'idle'>}
  | {bank: string; state: 'refused'; error: BiomajError}

/**
 * Asks the daemon to stop the updates of these banks. Only where something runs or waits, and only for its owner:
 * the daemon checks neither, and keeps a cancel for an idle bank to end that bank's next run with it.
 */
export async function cancelUpdates(
  cluster: BiomajClient,
  banks: readonly string[],
  signal: AbortSignal,
): Promise<Cancellation[]> {
  return Promise.all(banks.map(async bank => cancel(cluster, bank, signal)))
}

async function cancel(cluster: BiomajClient, bank: string, signal: AbortSignal): Promise<Cancellation> {
  try {
    // First, because it tells whether the bank exists; the daemon would take a cancel for any name.
    await cluster.banks.run(bank, {signal})
    await requireOwner(cluster, bank, {signal})
    const situation = situationOf(await cluster.daemon.activity({signal}), bank)
    if (situation === 'idle') {
      throw new BiomajError({
        code: 'bank_idle',
        message: `Nothing runs or waits for ${bank}: there is nothing to cancel`,
        hint: 'A cancel sent now would stay and end the next run of the bank, so it was not sent.',
      })
    }
    await cluster.banks.cancel(bank, {signal})
    return {bank, state: 'requested', situation}
  } catch (error) {
    if (signal.aborted || !(error instanceof BiomajError)) throw error
    return {bank, state: 'refused', error}
  }
}
