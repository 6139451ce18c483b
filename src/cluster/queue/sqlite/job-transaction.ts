import {sql as raw} from 'kysely'
import type {JobKind, JobState} from '../queue.js'
import {exclusiveKinds} from './job-columns.js'
import type {JobRow, QueueSql} from './job-columns.js'

export interface JobChange {
  id: string
  kind: JobKind
  state: JobState
  cancelRequested: boolean
}

/** Indices of only some states are used for a state that is written into the statement, not for a parameter. */
export const queued = raw.lit('queued')
export const running = raw.lit('running')

const maxAttempts = 3

/** Everything that moves jobs from state to state, within one transaction; and what to tell the listeners after it. */
export class JobTransaction {
  readonly changes: JobChange[] = []
  readonly #sql: QueueSql
  readonly #nowMs: number
  /** Written to all jobs that change in this transaction; listeners in other processes look for greater ones. */
  readonly number: number

  private constructor({sql, nowMs, number}: {sql: QueueSql; nowMs: number; number: number}) {
    this.#sql = sql
    this.#nowMs = nowMs
    this.number = number
  }

  static async begin(sql: QueueSql, nowMs: number): Promise<JobTransaction> {
    const {value} = await sql
      .updateTable('queue_counters')
      .set(eb => ({value: eb('value', '+', 1)}))
      .where('name', '=', 'changes')
      .returning('value')
      .executeTakeFirstOrThrow()
    return new JobTransaction({sql, nowMs, number: value})
  }

  async insert(row: Omit<JobRow, 'exclusive' | 'waits' | 'changed'>): Promise<JobRow> {
    const exclusive = Number(exclusiveKinds.includes(row.kind as JobKind))
    const complete = {...row, exclusive, waits: exclusive, changed: this.number}
    await this.#sql.insertInto('jobs').values(complete).execute()
    await this.#settle(complete)
    this.#tell(complete)
    return complete
  }

  async update(row: JobRow, values: Partial<JobRow>): Promise<JobRow> {
    const waits = values.state === 'queued' ? row.exclusive : row.waits
    const changed: JobRow = {...row, ...values, waits, changed: this.number}
    await this.#sql
      .updateTable('jobs')
      .set({...values, waits, changed: this.number})
      .where('id', '=', row.id)
      .execute()
    await this.#settle(changed)
    this.#tell(changed)
    return changed
  }

  /** A job that ends leaves no work behind that nobody waits for. */
  async end(
    row: JobRow,
    how: {state: 'done' | 'failed' | 'cancelled'; result?: string | null; reason: string | null},
  ): Promise<void> {
    const {cancel_requested_by} = row
    await this.update(row, {result: null, ...how, cancel_requested_by, ended_at_ms: this.#nowMs, lease_until_ms: null})
    await this.cancelChildren(row.id, row.cancel_requested_by ?? 'biomaj')
  }

  /** Back to where it stood in the queue, without its worker and the work that this one had handed on. */
  async giveBack(row: JobRow, attempts: number): Promise<void> {
    await this.update(row, {
      state: 'queued',
      attempts,
      worker: null,
      lease_until_ms: null,
      started_at_ms: null,
      progress: null,
    })
    await this.cancelChildren(row.id, 'biomaj')
  }

  async cancel(row: JobRow, by: string): Promise<void> {
    if (row.state === 'queued') {
      const asked = {...row, cancel_requested_by: by}
      await this.end(asked, {state: 'cancelled', reason: `cancelled by ${by}`})
      return
    }
    if (row.cancel_requested_by === null) await this.update(row, {cancel_requested_by: by})
    await this.cancelChildren(row.id, by)
  }

  async cancelChildren(parent: string, by: string): Promise<void> {
    const children = await this.#sql
      .selectFrom('jobs')
      .selectAll()
      .where('parent', '=', parent)
      .where('state', 'in', ['queued', 'running'])
      .execute()
    for (const child of children) await this.cancel(child, by)
  }

  /** What becomes of a job whose worker is gone. */
  async abandon(row: JobRow): Promise<void> {
    if (row.cancel_requested_by !== null) {
      await this.end(row, {state: 'cancelled', reason: `cancelled by ${row.cancel_requested_by}`})
    } else if (row.attempts >= maxAttempts) {
      const reason = `given up: ${String(row.attempts)} workers died while they worked on it, the last was ${String(row.worker)}`
      await this.end(row, {state: 'failed', reason})
    } else await this.giveBack(row, row.attempts)
  }

  /** Keeps `waits` true: while no job of the bank runs, the first one of each kind need not wait. */
  async #settle({bank, exclusive}: JobRow): Promise<void> {
    if (exclusive === 0) return
    await this.#sql
      .updateTable('jobs')
      .set({waits: 1})
      .where('bank', '=', bank)
      .where('kind', 'in', exclusiveKinds)
      .where('waits', '=', 0)
      .where('state', '=', queued)
      .execute()
    const busy = await this.#sql
      .selectFrom('jobs')
      .select('id')
      .where('bank', '=', bank)
      .where('state', '=', running)
      .where('exclusive', '=', raw.lit(1))
      .executeTakeFirst()
    if (busy !== undefined) return
    for (const kind of exclusiveKinds) {
      await this.#sql
        .updateTable('jobs')
        .set({waits: 0})
        .where('id', '=', eb =>
          eb
            .selectFrom('jobs')
            .select('id')
            .where('bank', '=', bank)
            .where('kind', '=', kind)
            .where('waits', '=', 1)
            .where('state', '=', queued)
            .orderBy('priority', 'desc')
            .orderBy('id')
            .limit(1),
        )
        .execute()
    }
  }

  #tell(row: JobRow): void {
    this.changes.push({
      id: row.id,
      kind: row.kind as JobKind,
      state: row.state as JobState,
      cancelRequested: row.cancel_requested_by !== null,
    })
  }
}
