import type {BiomajClient} from '../../api/client.js'
import {BiomajError} from '../../shared/errors.js'
import {readCapabilities} from '../capabilities.js'
import {requireRelease} from '../preflight.js'
import {readWork, situationOf} from '../situation.js'
import {type ActionOptions, type ActionResult, ownBank, requireNoMaintenance, sendOnce} from './action.js'

/**
 * Queues a repair: it takes away the lock that a dead run left, and marks the steps of the last session as done, or of the
 * session that made `release`. Under a run that is alive it would take that run's lock away, so this refuses it.
 *
 * @param target.evenIfBusy also while a daemon says that it works on the bank: one that was killed goes on saying so
 * @throws {BiomajError} `bank_busy`, `maintenance`, `release_not_found`, `refused` for properties with mistakes, and what
 *   `ownBank` and `sendOnce` throw
 */
export async function repairBank(
  cluster: BiomajClient,
  {bank, release: wanted, evenIfBusy = false}: {bank: string; release?: string | undefined; evenIfBusy?: boolean},
  options: ActionOptions,
): Promise<ActionResult> {
  const detail = await ownBank(cluster, bank, options)
  const release = wanted === undefined ? undefined : requireRelease(detail, wanted).release
  await requireNoMaintenance(cluster, 'repairs', options)
  const {signal} = options
  if (!evenIfBusy) {
    await readCapabilities(cluster, options)
    const run = await cluster.banks.run(bank, {signal})
    const {state} = situationOf(await readWork(cluster, [bank], options), bank, run)
    if (state !== 'idle') {
      throw new BiomajError({
        code: 'bank_busy',
        message: `Something of ${bank} ${state === 'queued' ? 'waits in the queue' : 'is under way'}: a repair would disturb it`,
        hint: 'Wait until it is over, or cancel it. A daemon that was killed may go on naming the bank.',
      })
    }
  }
  const send = async () => cluster.releases.repair(bank, release, {signal})
  const accepted = await sendOnce(`the request to repair ${bank}`, send, options)
  return {action: 'repair', bank, release: release ?? null, state: 'queued', ...accepted}
}
