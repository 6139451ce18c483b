import type {BiomajClient} from '../../api/client.js'
import {BiomajError} from '../../shared/errors.js'
import {requireRelease} from '../preflight.js'
import {type ActionOptions, type ActionResult, ownBank, sendOnce} from './action.js'

/**
 * Makes a release `current`, the newest in production when none is named. One that is `current` already is published again,
 * which puts a missing link right.
 *
 * @throws {BiomajError} `release_not_found`, and what `ownBank` and `sendOnce` throw
 */
export async function publishRelease(
  cluster: BiomajClient,
  {bank, release: wanted}: {bank: string; release?: string | undefined},
  options: ActionOptions,
): Promise<ActionResult> {
  const detail = await ownBank(cluster, bank, options)
  const release = wanted === undefined ? detail.releases.at(-1)?.release : requireRelease(detail, wanted).release
  if (release === undefined) {
    throw new BiomajError({code: 'release_not_found', message: `${bank} has no release in production to publish`})
  }
  const {signal} = options
  const send = async () => cluster.releases.publish(bank, release, {signal})
  const accepted = await sendOnce(`the request to publish ${bank} ${release}`, send, options)
  return {action: 'publish', bank, release, state: 'done', ...accepted}
}

/**
 * Takes `current` away from whichever release has it, which the result names.
 *
 * @throws {BiomajError} what `ownBank` and `sendOnce` throw
 */
export async function unpublishBank(
  cluster: BiomajClient,
  {bank}: {bank: string},
  options: ActionOptions,
): Promise<ActionResult> {
  const {publishedRelease: release} = await ownBank(cluster, bank, options)
  const {signal} = options
  const send = async () => cluster.releases.unpublish(bank, {signal})
  const accepted = await sendOnce(`the request to unpublish ${bank}`, send, options)
  return {action: 'unpublish', bank, release, state: 'done', ...accepted}
}
