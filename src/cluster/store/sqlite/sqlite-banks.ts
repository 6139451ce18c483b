import type {Bank, BankStatus} from '../../model/bank.js'
import type {BankRow, BankStore} from '../store.js'
import {BankList, bankRow, banksVersion} from './bank-list.js'
import {ProgressOverlay} from './progress-overlay.js'
import type {StoreSql, StoreTables, Write} from './tables.js'

type StoredBank = Pick<StoreTables['banks'], 'document' | 'status' | 'status_version'>

export class SqliteBanks implements BankStore {
  readonly #sql: StoreSql
  readonly #write: Write
  readonly #list: BankList
  readonly #overlay: ProgressOverlay

  constructor(sql: StoreSql, write: Write) {
    this.#sql = sql
    this.#write = write
    this.#list = new BankList(sql)
    this.#overlay = new ProgressOverlay(sql, write)
  }

  async get(name: string): Promise<Bank | undefined> {
    const stored = await read(this.#sql, name)
    return stored && this.#bank(name, stored)
  }

  list(): Promise<BankRow[]> {
    return this.#list.all()
  }

  version(): Promise<number> {
    return banksVersion(this.#sql)
  }

  insert(bank: Bank): Promise<boolean> {
    return this.#write(async sql => {
      if ((await read(sql, bank.name)) !== undefined) return false
      const version = await nextVersion(sql)
      await sql.insertInto('banks').values(newRow(bank, version)).execute()
      return true
    })
  }

  change(name: string, change: (bank: Bank) => Bank): Promise<Bank | undefined> {
    return this.#write(async sql => {
      const stored = await read(sql, name)
      if (stored === undefined) return undefined
      const before = this.#bank(name, stored)
      const statusBefore = JSON.stringify(before.status)
      const bank = change(before)
      if (bank.name !== name) throw new TypeError(`The name of ${name} is changed by rename alone`)
      const version = await nextVersion(sql)
      // Progress that is still in memory goes on to count as long as the change leaves the status alone.
      const status = JSON.stringify(bank.status) === statusBefore ? {} : statusColumns(bank.status, version)
      await sql
        .updateTable('banks')
        .set({...columns(bank), ...status, version})
        .where('name', '=', name)
        .execute()
      return structuredClone(bank)
    })
  }

  progress(name: string, session: number, progress: BankStatus): Promise<void> {
    return this.#overlay.put(name, session, progress)
  }

  async rename(from: string, to: string): Promise<boolean> {
    await this.#overlay.flush()
    return this.#write(async sql => {
      const stored = await read(sql, from)
      if (stored === undefined || (await read(sql, to)) !== undefined) return false
      const bank = {...this.#bank(from, stored), name: to}
      const version = await nextVersion(sql)
      await sql
        .updateTable('banks')
        .set({name: to, ...columns(bank), ...statusColumns(bank.status, version), version})
        .where('name', '=', from)
        .execute()
      return true
    })
  }

  remove(name: string): Promise<boolean> {
    return this.#write(async sql => {
      const {numDeletedRows} = await sql.deleteFrom('banks').where('name', '=', name).executeTakeFirstOrThrow()
      if (numDeletedRows === 0n) return false
      await nextVersion(sql)
      return true
    })
  }

  close(): Promise<void> {
    return this.#overlay.flush()
  }

  #bank(name: string, stored: StoredBank): Bank {
    const bank = JSON.parse(stored.document) as Omit<Bank, 'status'>
    return {...bank, status: this.#overlay.newest(name, stored)}
  }
}

function read(sql: StoreSql, name: string): Promise<StoredBank | undefined> {
  return sql
    .selectFrom('banks')
    .select(['document', 'status', 'status_version'])
    .where('name', '=', name)
    .executeTakeFirst()
}

/** Numbers are never given twice, so a bank that is made anew does not look like the one before. */
async function nextVersion(sql: StoreSql): Promise<number> {
  const row = await sql
    .updateTable('counters')
    .set(eb => ({value: eb('value', '+', 1)}))
    .where('name', '=', 'banks')
    .returning('value')
    .executeTakeFirstOrThrow()
  return row.value
}

/** A bank that was not there, as it is stored. */
export function newRow(bank: Bank, version: number): StoreTables['banks'] {
  return {name: bank.name, ...columns(bank), ...statusColumns(bank.status, version), version}
}

function columns(bank: Bank): {row: string; document: string} {
  const {status: _, ...document} = bank
  return {row: JSON.stringify(bankRow(bank)), document: JSON.stringify(document)}
}

function statusColumns(
  status: BankStatus | null,
  version: number,
): Pick<StoreTables['banks'], 'status' | 'status_session' | 'status_version'> {
  return {
    status: status === null ? null : JSON.stringify(status),
    status_session: status?.session ?? null,
    status_version: version,
  }
}
