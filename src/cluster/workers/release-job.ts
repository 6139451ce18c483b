import {tmpdir} from 'node:os'
import {BiomajError} from '../../shared/errors.js'
import {told} from '../engine/told.js'
import type {BankProperties} from '../engine/properties/bank-properties.js'
import {detectRelease, listRemote, releaseOfDates, remotesOf} from '../engine/remotes/index.js'

/** What the answer to a `release` job is: null when the bank has no remote side. */
export interface ReleaseFinding {
  release: string | null
}

/**
 * Looks which release the remote side of a bank has, without touching the bank: what tells it is the release file, or
 * else the dates of the files.
 *
 * @throws {BiomajError} with the reason why it cannot be known
 */
export async function findRelease(
  bank: string,
  {properties, signal}: {properties: BankProperties; signal: AbortSignal},
): Promise<ReleaseFinding> {
  const detected = await detectRelease({properties, signal, temporaryDirectory: tmpdir()})
  if (detected !== null) return {release: detected}
  if (properties.get('protocol') === 'none') return {release: null}
  const files = []
  for (const source of remotesOf(properties)) files.push(...(await listRemote({source, properties, signal})))
  if (files.length === 0) {
    throw new BiomajError({code: 'refused', message: told`No file of ${bank} was found on the remote side`})
  }
  return {release: releaseOfDates({files, properties, today: new Date()})}
}
