import type {BankLock} from '../../model/records.js'
import type {LockStore} from '../store.js'
import type {StoreSql, StoreTables, Write} from './tables.js'

export class SqliteLocks implements LockStore {
  readonly #sql: StoreSql
  readonly #write: Write

  constructor(sql: StoreSql, write: Write) {
    this.#sql = sql
    this.#write = write
  }

  take(lock: BankLock): Promise<BankLock | undefined> {
    return this.#write(async sql => {
      const held = await find(sql, lock.bank)
      if (held !== undefined && held.job !== lock.job) return held
      const {sinceMs, ...columns} = lock
      await sql
        .replaceInto('locks')
        .values({...columns, since_ms: held?.sinceMs ?? sinceMs})
        .execute()
      return undefined
    })
  }

  async release(bank: string, job: string): Promise<void> {
    await this.#sql.deleteFrom('locks').where('bank', '=', bank).where('job', '=', job).execute()
  }

  async break(bank: string): Promise<boolean> {
    const {numDeletedRows} = await this.#sql.deleteFrom('locks').where('bank', '=', bank).executeTakeFirstOrThrow()
    return numDeletedRows > 0n
  }

  get(bank: string): Promise<BankLock | undefined> {
    return find(this.#sql, bank)
  }

  async list(): Promise<BankLock[]> {
    const rows = await this.#sql.selectFrom('locks').selectAll().orderBy('bank').execute()
    return rows.map(row => fromColumns(row))
  }
}

async function find(sql: StoreSql, bank: string): Promise<BankLock | undefined> {
  const row = await sql.selectFrom('locks').selectAll().where('bank', '=', bank).executeTakeFirst()
  return row && fromColumns(row)
}

function fromColumns({bank, action, job, owner, worker, since_ms}: StoreTables['locks']): BankLock {
  return {bank, action, job, owner, worker, sinceMs: since_ms}
}
