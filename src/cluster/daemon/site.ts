import type {Logger} from 'pino'
import type {Engine} from '../engine/engine.js'
import type {Bank} from '../model/bank.js'
import type {Queue} from '../queue/queue.js'
import type {ClusterSettings} from '../settings/cluster-settings.js'
import type {BankRow, Store} from '../store/store.js'
import type {Accounts} from './accounts.js'
import type {Answer} from './answer.js'
import {type BankFiles, newBank} from './bank-files.js'
import {isBankName} from './bank-name.js'
import type {Options} from './options.js'
import {accessForbidden, bankNotFound, notOwner} from './refusal.js'
import {mayRead, needAccount, type Owned, owns, type Viewer} from './viewer.js'

/** Templates of banks that the site can make properties files from. */
export interface BankTemplates {
  list(): Promise<string[]>
  /**
   * Writes the bank's properties file.
   *
   * @returns its path
   * @throws {BiomajError} `usage` for a template that there is not, `refused` when the bank has a file already
   */
  import(name: string): Promise<string>
}

/** All that the daemon works with. It keeps nothing between requests but what can be had again. */
export interface Site {
  store: Store
  queue: Queue
  settings: ClusterSettings
  log: Logger
  accounts: Accounts
  engine: Pick<Engine, 'publish' | 'unpublish' | 'freeze' | 'rename' | 'move'>
  files: BankFiles
  index: BankIndex
  templates: BankTemplates | undefined
  version: string
  now: () => number
}

/** One request. */
export interface Call {
  site: Site
  viewer: Viewer
  /** Follows the request into jobs and logs. */
  requestId: string
  options: Options
  log: Logger
}

export type Action = (call: Call) => Promise<Answer>

/** The rows of all banks, read again only when one of them has changed. */
export class BankIndex {
  readonly #store: Store
  #kept: {version: number; rows: BankRow[]; byName: Map<string, BankRow>} | undefined

  constructor(store: Store) {
    this.#store = store
  }

  async read(): Promise<{version: number; rows: readonly BankRow[]; byName: ReadonlyMap<string, BankRow>}> {
    const version = await this.#store.banks.version()
    if (this.#kept?.version === version) return this.#kept
    const rows = await this.#store.banks.list()
    this.#kept = {version, rows, byName: new Map(rows.map(row => [row.name, row]))}
    return this.#kept
  }

  /** What decides on who may read of a bank; undefined for one that is not registered. */
  async owned(name: string): Promise<Owned | undefined> {
    return (await this.read()).byName.get(name)
  }
}

/** A filter for rows about banks: banks that are not known, removed ones for instance, are for administrators only. */
export async function readableBanks({site, viewer}: Pick<Call, 'site' | 'viewer'>): Promise<(bank: string) => boolean> {
  if (viewer.admin) return () => true
  const {byName} = await site.index.read()
  return name => {
    const row = byName.get(name)
    return row !== undefined && mayRead(viewer, row)
  }
}

export interface KnownBank {
  bank: Bank
  /** Whether it is in the store. A bank that only has a properties file is not put there by being looked at. */
  registered: boolean
}

async function knownBank({site, viewer}: Call, name: string): Promise<KnownBank> {
  const registered = isBankName(name) ? await site.store.banks.get(name) : undefined
  if (registered) return {bank: registered, registered: true}
  const file = await site.files.read(name)
  if (!file) throw bankNotFound(name)
  // Nobody owns it yet: the first who asks for an update will.
  return {bank: newBank(name, viewer.account?.id ?? '', file), registered: false}
}

/**
 * A bank that the caller may see.
 *
 * @throws {Refusal} `bank_not_found`, `forbidden`
 */
export async function readableBank(call: Call, name: string): Promise<KnownBank> {
  const known = await knownBank(call, name)
  if (!mayRead(call.viewer, known.bank)) throw accessForbidden(name)
  return known
}

/**
 * A bank that the caller may change.
 *
 * @throws {Refusal} `login_required`, `key_invalid`, `bank_not_found`, `forbidden`
 */
export async function ownedBank(call: Call, name: string): Promise<KnownBank> {
  needAccount(call.viewer)
  const known = await knownBank(call, name)
  if (!owns(call.viewer, known.bank)) throw notOwner(name, known.bank.owner)
  return known
}

/** Tells those who watch. */
export async function announce(
  {site}: Call,
  type: 'bank' | 'job' | 'maintenance',
  bank: string | null,
  data: Record<string, unknown>,
): Promise<void> {
  await site.store.events.append({atMs: site.now(), type, bank, data})
}
