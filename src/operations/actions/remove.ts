import type {BiomajClient} from '../../api/client.js'
import type {BankDetail} from '../../api/contract/bank.js'
import {BiomajError} from '../../shared/errors.js'
import {readCapabilities} from '../capabilities.js'
import {requireRelease} from '../preflight.js'
import {readWork, situationOf} from '../situation.js'
import {type ActionOptions, type ActionResult, ownBank, requireNoMaintenance, sendOnce} from './action.js'

/**
 * Queues the removal of one release. What BioMAJ would drop later without a word is refused here: a release that is
 * published, frozen or not there, and any while the cluster is in maintenance.
 *
 * @throws {BiomajError} `release_not_found`, `refused`, `maintenance`, `bank_locked`, and what `ownBank` and `sendOnce` throw
 */
export async function removeRelease(
  cluster: BiomajClient,
  {bank, release: wanted}: {bank: string; release: string},
  options: ActionOptions,
): Promise<ActionResult> {
  const {release, published, frozen} = requireRelease(await ownBank(cluster, bank, options), wanted)
  if (published) {
    throw new BiomajError({
      code: 'refused',
      message: `${bank} ${release} is published and cannot be removed`,
      hint: 'Publish another release first, or unpublish the bank.',
    })
  }
  if (frozen) {
    throw new BiomajError({
      code: 'refused',
      message: `${bank} ${release} is frozen and cannot be removed`,
      hint: 'Unfreeze it first.',
    })
  }
  await requireNoMaintenance(cluster, 'removals', options)
  const {signal} = options
  const send = async () => cluster.releases.remove(bank, release, {signal})
  const accepted = await sendOnce(`the request to remove ${bank} ${release}`, send, options)
  return {action: 'remove', bank, release, state: 'queued', ...accepted}
}

/**
 * Queues the removal of a whole bank: its releases, their files, its logs and its records. Its properties stay. BioMAJ asks
 * neither for the owner nor for what waits, so this does.
 *
 * @param target.force remove frozen releases too
 * @throws {BiomajError} `refused` for frozen releases, `bank_busy`, `bank_locked`, and what `ownBank` and `sendOnce` throw
 */
export async function removeBank(
  cluster: BiomajClient,
  {bank, force = false}: {bank: string; force?: boolean | undefined},
  options: ActionOptions,
): Promise<ActionResult> {
  const detail = await ownBank(cluster, bank, options)
  if (!force) refuseFrozen(detail)
  const {signal} = options
  await readCapabilities(cluster, options)
  const run = await cluster.banks.run(bank, {signal})
  const {state} = situationOf(await readWork(cluster, [bank], options), bank, run)
  if (state !== 'idle') {
    throw new BiomajError({
      code: 'bank_busy',
      message: `Something of ${bank} ${state === 'queued' ? 'waits in the queue' : 'is under way'}`,
      hint: 'Wait until it is over, or cancel it; a run that comes after the removal would make the bank anew.',
    })
  }
  const send = async () => cluster.releases.removeAll(bank, {force}, {signal})
  const accepted = await sendOnce(`the request to remove ${bank} with all that it has`, send, options)
  return {action: 'remove-all', bank, release: null, state: 'queued', ...accepted}
}

function refuseFrozen({name, releases}: BankDetail): void {
  const frozen = releases.filter(release => release.frozen).map(({release}) => release)
  if (frozen.length === 0) return
  throw new BiomajError({
    code: 'refused',
    message: `${name} has frozen releases (${frozen.join(', ')}) and is not removed`,
    hint: 'Unfreeze them, or force the removal.',
  })
}

/**
 * Queues the removal of what unfinished runs left: of one release, or of all.
 *
 * @throws {BiomajError} `release_not_found` for a named release that is not pending, `bank_locked`, and what `ownBank` and
 *   `sendOnce` throw
 */
export async function removePendingReleases(
  cluster: BiomajClient,
  {bank, release}: {bank: string; release?: string | undefined},
  options: ActionOptions,
): Promise<ActionResult> {
  const {pending} = await ownBank(cluster, bank, options)
  const result = {action: 'remove-pending', bank, release: release ?? null} as const
  if (release !== undefined && !pending.some(each => each.release === release)) {
    const names = pending.flatMap(each => each.release ?? [])
    throw new BiomajError({
      code: 'release_not_found',
      message: `${bank} has no pending release ${release}`,
      hint: names.length === 0 ? 'It has none at all.' : `Pending: ${names.slice(-5).join(', ')}.`,
    })
  }
  if (pending.length === 0) return {...result, state: 'nothing_to_do', message: null, job: null}
  const {signal} = options
  const send = async () => cluster.releases.removePending(bank, release, {signal})
  const accepted = await sendOnce(`the request to remove pending releases of ${bank}`, send, options)
  return {...result, state: 'queued', ...accepted}
}
