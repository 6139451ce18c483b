import type {BankStatus} from '../../model/bank.js'
import type {StoreSql, Write} from './tables.js'

const flushIntervalMs = 250

interface Pending {
  status: BankStatus
  /** Version of the status that the progress continues. */
  statusVersion: number
}

/**
 * How far runs are, kept in memory and written a few times a second. What was written for good in the meantime wins: a
 * worker that lost its bank cannot bring back the status of its run.
 */
export class ProgressOverlay {
  readonly #sql: StoreSql
  readonly #write: Write
  readonly #pending = new Map<string, Pending>()
  #timer: NodeJS.Timeout | undefined
  #flushing: Promise<void> = Promise.resolve()
  #failure: {error: unknown} | undefined

  constructor(sql: StoreSql, write: Write) {
    this.#sql = sql
    this.#write = write
  }

  /** Rejects with the reason when what was put before could not be written. */
  async put(name: string, session: number, status: BankStatus): Promise<void> {
    if (this.#failure !== undefined) {
      const {error} = this.#failure
      this.#failure = undefined
      throw error
    }
    const row = await this.#sql
      .selectFrom('banks')
      .select(['status_version', 'status_session'])
      .where('name', '=', name)
      .executeTakeFirst()
    if (row === undefined || row.status_session !== session || status.session !== session) return
    this.#pending.set(name, {status: structuredClone(status), statusVersion: row.status_version})
    this.#timer ??= setTimeout(() => {
      this.#flushing = this.flush().catch((error: unknown) => {
        this.#failure = {error}
      })
    }, flushIntervalMs).unref()
  }

  /** The newest status of a bank: what is pending, if it continues what was read. */
  newest(name: string, read: {status: string | null; status_version: number}): BankStatus | null {
    const pending = this.#pending.get(name)
    if (pending?.statusVersion === read.status_version) return structuredClone(pending.status)
    return read.status === null ? null : (JSON.parse(read.status) as BankStatus)
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#flushing
    if (this.#pending.size === 0) return
    await this.#write(
      async sql => {
        const batch = [...this.#pending]
        this.#pending.clear()
        for (const [name, {status, statusVersion}] of batch) {
          await sql
            .updateTable('banks')
            .set({status: JSON.stringify(status)})
            .where('name', '=', name)
            .where('status_version', '=', statusVersion)
            .execute()
        }
      },
      {durable: false},
    )
  }
}
