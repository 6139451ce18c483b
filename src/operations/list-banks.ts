import type {BiomajClient} from '../api/client.js'
import type {KeyState} from '../api/contract/account.js'
import {BiomajError} from '../shared/errors.js'
import {readCapabilities} from './capabilities.js'
import {readCancelledBanks} from './board/cancelled-banks.js'
import {type PartError, readPart, valueOf} from './board/part.js'
import {type BoardBank, boardBanks} from './board/cluster-board.js'
import {withNearestBank} from './suggest-bank.js'

export interface BankFilter {
  /** Names; `*` and `?` stand for anything. All when empty. */
  names: readonly string[]
  failedOnly: boolean
  /** Any of these; all when empty. */
  types: readonly string[]
  visibility?: string | undefined
}

export interface BankList {
  /** By name. */
  banks: BoardBank[]
  /** Null when the cluster did not tell. */
  key: KeyState | null
  /** Why `failed` is null in all banks. */
  failuresNotKnown: PartError | null
}

/**
 * The banks that fit.
 *
 * @throws {BiomajError} `bank_not_found` for a name without wildcards that no bank has
 */
export async function listBanks(
  cluster: BiomajClient,
  filter: BankFilter,
  {signal}: {signal: AbortSignal},
): Promise<BankList> {
  const capabilities = await readCapabilities(cluster, {signal})
  const [list, failed, activity, key] = await Promise.all([
    cluster.banks.list({signal}),
    readPart(cluster.banks.failed({signal}), signal),
    readPart(cluster.daemon.activity({signal}), signal),
    readPart(cluster.account.keyState({signal}), signal),
  ])
  if (filter.failedOnly && !failed.available) throw new BiomajError(failed.error)
  const unknown = filter.names.find(name => !/[*?]/.test(name) && !list.some(bank => bank.name === name))
  if (unknown !== undefined) {
    const error = new BiomajError({code: 'bank_not_found', message: `There is no bank "${unknown}" that you may see`})
    throw withNearestBank(
      error,
      unknown,
      list.map(({name}) => name),
    )
  }
  const cancelled = await readCancelledBanks(cluster, {capabilities, failed}, {signal})
  const banks = boardBanks(list, {failed: valueOf(failed), activity: valueOf(activity), cancelled})
  return {
    banks: banks.filter(bank => fits(bank, filter)),
    key: valueOf(key) ?? null,
    failuresNotKnown: failed.available ? null : failed.error,
  }
}

function fits(bank: BoardBank, {names, failedOnly, types, visibility}: BankFilter): boolean {
  return (
    (names.length === 0 || names.some(name => matches(bank.name, name))) &&
    (!failedOnly || bank.failed === true) &&
    (types.length === 0 || types.some(type => bank.types.includes(type))) &&
    (visibility === undefined || bank.visibility === visibility)
  )
}

function matches(name: string, pattern: string): boolean {
  const source = pattern.replaceAll(/[\\^$.+()[\]{}|*?]/g, character => wildcards[character] ?? `\\${character}`)
  return new RegExp(`^${source}$`, 's').test(name)
}

const wildcards: Readonly<Record<string, string>> = {'*': '.*', '?': '.'}
