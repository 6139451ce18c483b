import type {BiomajClient} from '../../api/client.js'
import {requireRelease} from '../preflight.js'
import {type ActionOptions, type ActionResult, ownBank, sendOnce} from './action.js'

interface OneRelease {
  bank: string
  release: string
}

/**
 * Protects a release from removal, by people and by the bank's own updates.
 *
 * @throws {BiomajError} `release_not_found` (BioMAJ itself would say that it did it), and what `ownBank` and `sendOnce` throw
 */
export async function freezeRelease(
  cluster: BiomajClient,
  target: OneRelease,
  options: ActionOptions,
): Promise<ActionResult> {
  return setFrozen(cluster, {...target, frozen: true}, options)
}

/** The opposite of `freezeRelease`, with the same errors. */
export async function unfreezeRelease(
  cluster: BiomajClient,
  target: OneRelease,
  options: ActionOptions,
): Promise<ActionResult> {
  return setFrozen(cluster, {...target, frozen: false}, options)
}

async function setFrozen(
  cluster: BiomajClient,
  {bank, release: wanted, frozen}: OneRelease & {frozen: boolean},
  options: ActionOptions,
): Promise<ActionResult> {
  const action = frozen ? 'freeze' : 'unfreeze'
  const {release, frozen: already} = requireRelease(await ownBank(cluster, bank, options), wanted)
  if (already === frozen) return {action, bank, release, state: 'nothing_to_do', message: null, job: null}
  const {signal} = options
  const send = async () => cluster.releases[action](bank, release, {signal})
  const accepted = await sendOnce(`the request to ${action} ${bank} ${release}`, send, options)
  return {action, bank, release, state: 'done', ...accepted}
}
