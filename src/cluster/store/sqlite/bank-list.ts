import type {Bank} from '../../model/bank.js'
import type {BankRow} from '../store.js'
import type {StoreSql} from './tables.js'

/** What a list shows of a bank. */
export function bankRow(bank: Bank): BankRow {
  return {
    name: bank.name,
    owner: bank.owner,
    visibility: bank.visibility,
    types: bank.types,
    lastUpdate: bank.lastUpdate,
    publishedRelease: bank.production.find(release => release.session === bank.current)?.remoteRelease ?? null,
    releases: bank.production.map(({release, remoteRelease, sizeBytes}) => ({release, remoteRelease, sizeBytes})),
  }
}

export async function banksVersion(sql: StoreSql): Promise<number> {
  const row = await sql.selectFrom('counters').select('value').where('name', '=', 'banks').executeTakeFirstOrThrow()
  return row.value
}

/** Keeps the rows of all banks and reads only those that changed, so that ten thousand banks cost what one costs. */
export class BankList {
  readonly #sql: StoreSql
  readonly #rows = new Map<string, BankRow>()
  #sorted: readonly BankRow[] = []
  #version = -1

  constructor(sql: StoreSql) {
    this.#sql = sql
  }

  /** By name. The rows are frozen: they are shared by all who ask. */
  async all(): Promise<BankRow[]> {
    const version = await banksVersion(this.#sql)
    if (version !== this.#version) await this.#catchUp()
    return [...this.#sorted]
  }

  async #catchUp(): Promise<void> {
    // One view of the database: a bank that is removed between the two reads would stay in the list.
    const {changed, count, version} = await this.#sql
      .transaction()
      .setAccessMode('read only')
      .execute(async sql => ({
        changed: await sql.selectFrom('banks').select('row').where('version', '>', this.#version).execute(),
        count: (await sql.selectFrom('banks').select(sql.fn.countAll<number>().as('n')).executeTakeFirstOrThrow()).n,
        version: await banksVersion(sql),
      }))
    for (const {row} of changed) {
      const parsed = deepFrozen(JSON.parse(row) as BankRow)
      this.#rows.set(parsed.name, parsed)
    }
    // What we hold contains all there is, so it is the same unless it is more: then banks were removed or renamed.
    if (this.#rows.size !== count) await this.#forgetRemoved()
    this.#version = Math.max(this.#version, version)
    this.#sorted = [...this.#rows.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  async #forgetRemoved(): Promise<void> {
    const names = new Set((await this.#sql.selectFrom('banks').select('name').execute()).map(({name}) => name))
    for (const name of this.#rows.keys()) if (!names.has(name)) this.#rows.delete(name)
  }
}

function deepFrozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  for (const part of Object.values(value)) deepFrozen(part)
  return Object.freeze(value)
}
