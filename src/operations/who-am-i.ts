import type {BiomajClient} from '../api/client.js'
import type {KeyState} from '../api/contract/account.js'
import type {Caller} from '../api/contract/job.js'
import {valueOrError} from '../shared/abort.js'
import {BiomajError} from '../shared/errors.js'
import {readKey} from './board/told.js'
import {readCapabilities} from './capabilities.js'
import {mapConcurrently} from './map-concurrently.js'

/** Whether a key is good now; `not_checked` when nobody could tell, with the reason. */
export interface KeyCheck {
  state: KeyState | 'not_checked'
  error?: BiomajError
  /** Whose key it is, where the cluster tells it. */
  caller?: NonNullable<Caller['user']>
}

/** Loads the key and asks the cluster about it. A keychain or a cluster that does not answer is a result, not a failure. */
export async function checkKey(connect: () => Promise<BiomajClient>, signal: AbortSignal): Promise<KeyCheck> {
  const ask = async () => {
    const cluster = await connect()
    if (!cluster.hasKey) return {key: {available: true, value: 'none'} as const, caller: undefined}
    return readKey(cluster, readCapabilities(cluster, {signal}), {signal})
  }
  const asked = await valueOrError(ask(), signal)
  if (asked instanceof BiomajError) return {state: 'not_checked', error: asked}
  const {key, caller} = asked
  if (!key.available) return {state: 'not_checked', error: new BiomajError(key.error)}
  const user = caller?.available === true ? caller.value : null
  return {state: key.value, ...(user === null ? {} : {caller: user})}
}

export interface OwnedBanks {
  owned: string[]
  /** Banks whose owner the cluster did not tell. */
  unknown: Array<{bank: string; error: BiomajError}>
}

/** The banks that the key's user owns, all of them for an administrator. One question for each bank. */
export async function ownedBanks({banks}: BiomajClient, signal: AbortSignal): Promise<OwnedBanks> {
  const answers = await mapConcurrently(await banks.list({signal}), async ({name}) => ({
    bank: name,
    owns: await valueOrError(banks.owns(name, {signal}), signal),
  }))
  return {
    owned: answers.flatMap(({bank, owns}) => (owns === true ? [bank] : [])),
    unknown: answers.flatMap(({bank, owns}) => (owns instanceof BiomajError ? [{bank, error: owns}] : [])),
  }
}
