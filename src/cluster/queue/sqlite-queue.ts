import type {Database} from '../store/database/open-database.js'
import {nextJobId} from './sqlite/job-id.js'
import {jobOf} from './sqlite/job-columns.js'
import type {JobRow, QueueSql, QueueTables} from './sqlite/job-columns.js'
import {expired, find, isLive, next} from './sqlite/job-queries.js'
import {JobTransaction, running} from './sqlite/job-transaction.js'
import type {JobChange} from './sqlite/job-transaction.js'
import {JobWatch, tellOfJobs} from './sqlite/job-watch.js'
import type {Job, JobKind, JobQuery, NewJob, Queue} from './queue.js'

export interface SqliteQueueOptions {
  /** Epoch milliseconds; tests have a time of their own. */
  nowMs?: (() => number) | undefined
}

/** The queue in a SQLite database. The database is closed by whoever opened it, after the queue. */
export function openSqliteQueue(database: Database, {nowMs = Date.now}: SqliteQueueOptions = {}): Queue {
  return new SqliteQueue({database, nowMs})
}

class SqliteQueue implements Queue {
  readonly #database: Database
  readonly #sql: QueueSql
  readonly #nowMs: () => number
  readonly #watches = new Set<JobWatch>()

  constructor({database, nowMs}: {database: Database; nowMs: () => number}) {
    this.#database = database
    this.#sql = database.tables<QueueTables>('queue')
    this.#nowMs = nowMs
  }

  async add<Kind extends JobKind>(job: NewJob<Kind>): Promise<Job<Kind>> {
    const nowMs = this.#nowMs()
    const row = await this.#change(async (transaction, sql) => {
      const last = await sql
        .selectFrom('jobs')
        .select(eb => eb.fn.max('id').as('id'))
        .executeTakeFirst()
      const parent = job.parent === undefined ? undefined : await find(sql, job.parent)
      const inserted = await transaction.insert({
        id: nextJobId({nowMs, last: last?.id ?? null}),
        kind: job.kind,
        bank: job.bank,
        payload: JSON.stringify(job.payload),
        user: job.user,
        correlation_id: job.correlationId,
        parent: job.parent ?? null,
        state: 'queued',
        priority: job.priority ?? 0,
        queued_at_ms: nowMs,
        started_at_ms: null,
        ended_at_ms: null,
        worker: null,
        lease_until_ms: null,
        attempts: 0,
        cancel_requested_by: null,
        progress: null,
        result: null,
        reason: null,
      })
      // Cancelling reaches children that its worker hands on before it hears of it.
      if (parent === undefined || (parent.cancel_requested_by === null && isLive(parent))) return inserted
      await transaction.cancel(inserted, parent.cancel_requested_by ?? 'biomaj')
      return (await find(sql, inserted.id)) ?? inserted
    })
    return jobOf(row) as Job<Kind>
  }

  async take<Kind extends JobKind>(request: {
    kinds: readonly Kind[]
    worker: string
    leaseMs: number
  }): Promise<Job<Kind> | undefined> {
    const nowMs = this.#nowMs()
    // Idle workers look often: without a transaction, and without writing.
    const idle = (await expired(this.#sql, nowMs)).length === 0 && (await next(this.#sql, request.kinds)) === undefined
    if (idle) return undefined
    const row = await this.#change(async (transaction, sql) => {
      await abandonAll(transaction, sql, await expired(sql, nowMs))
      const candidate = await next(sql, request.kinds)
      return (
        candidate &&
        transaction.update(candidate, {
          state: 'running',
          worker: request.worker,
          lease_until_ms: nowMs + request.leaseMs,
          started_at_ms: nowMs,
          attempts: candidate.attempts + 1,
        })
      )
    })
    return row && (jobOf(row) as Job<Kind>)
  }

  async renew({id, worker, leaseMs, progress}: Parameters<Queue['renew']>[0]): Promise<'kept' | 'cancel' | 'lost'> {
    const lease = {lease_until_ms: this.#nowMs() + leaseMs}
    const row = await this.#database.write(
      this.#sql,
      sql =>
        sql
          .updateTable('jobs')
          .set(progress === undefined ? lease : {...lease, progress: JSON.stringify(progress)})
          .where('id', '=', id)
          .where('worker', '=', worker)
          .where('state', '=', 'running')
          .returning('cancel_requested_by')
          .executeTakeFirst(),
      // A lease that is lost with the machine was of a worker that is lost with it.
      {durable: false},
    )
    if (row === undefined) return 'lost'
    return row.cancel_requested_by === null ? 'kept' : 'cancel'
  }

  finish({id, worker, state, result, reason}: Parameters<Queue['finish']>[0]): Promise<boolean> {
    return this.#withHeld({id, worker}, (transaction, row) =>
      transaction.end(row, {
        state,
        result: result === undefined ? null : JSON.stringify(result),
        reason: reason ?? null,
      }),
    )
  }

  release({id, worker}: {id: string; worker: string}): Promise<boolean> {
    return this.#withHeld({id, worker}, (transaction, row) =>
      row.cancel_requested_by === null ? transaction.giveBack(row, row.attempts - 1) : transaction.abandon(row),
    )
  }

  cancel(id: string, by: string): Promise<boolean> {
    return this.#change(async (transaction, sql) => {
      const row = await find(sql, id)
      if (row === undefined || !isLive(row)) return false
      await transaction.cancel(row, by)
      return true
    })
  }

  async get(id: string): Promise<Job | undefined> {
    const row = await find(this.#sql, id)
    return row && jobOf(row)
  }

  async list({kinds, states, bank, parent, order = 'next', limit}: JobQuery): Promise<Job[]> {
    let query = this.#sql.selectFrom('jobs').selectAll()
    if (kinds !== undefined) query = query.where('kind', 'in', kinds)
    if (states !== undefined) query = query.where('state', 'in', states)
    if (bank !== undefined) query = query.where('bank', '=', bank)
    if (parent !== undefined) query = query.where('parent', '=', parent)
    query = order === 'newest' ? query.orderBy('id', 'desc') : query.orderBy('priority', 'desc').orderBy('id')
    if (limit !== undefined) query = query.limit(limit)
    return (await query.execute()).map(row => jobOf(row))
  }

  async count({kinds, states, bank}: Pick<JobQuery, 'kinds' | 'states' | 'bank'>): Promise<number> {
    let query = this.#sql.selectFrom('jobs').select(eb => eb.fn.countAll<number>().as('n'))
    if (kinds !== undefined) query = query.where('kind', 'in', kinds)
    if (states !== undefined) query = query.where('state', 'in', states)
    if (bank !== undefined) query = query.where('bank', '=', bank)
    return (await query.executeTakeFirstOrThrow()).n
  }

  expire(isDead: (worker: string) => boolean): Promise<number> {
    return this.#change(async (transaction, sql) => {
      const held = await sql.selectFrom('jobs').selectAll().where('state', '=', running).orderBy('id').execute()
      const abandoned = held.filter(({worker}) => worker !== null && isDead(worker))
      await abandonAll(transaction, sql, abandoned)
      return abandoned.length
    })
  }

  watch(listener: (change: JobChange) => void): () => void {
    const watch = new JobWatch({sql: this.#sql, signals: this.#database.signals, listener})
    this.#watches.add(watch)
    return () => {
      watch.stop()
      this.#watches.delete(watch)
    }
  }

  async prune(endedBeforeMs: number): Promise<number> {
    const {numDeletedRows} = await this.#sql
      .deleteFrom('jobs')
      .where('ended_at_ms', '<', endedBeforeMs)
      // Whoever waits for a child has not read its result yet, perhaps.
      .where(eb =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('jobs as parents')
              .select('parents.id')
              .whereRef('parents.id', '=', 'jobs.parent')
              .where('parents.ended_at_ms', 'is', null),
          ),
        ),
      )
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  }

  close(): Promise<void> {
    for (const watch of this.#watches) watch.stop()
    this.#watches.clear()
    return Promise.resolve()
  }

  #withHeld(
    {id, worker}: {id: string; worker: string},
    work: (transaction: JobTransaction, row: JobRow) => Promise<void>,
  ): Promise<boolean> {
    return this.#change(async (transaction, sql) => {
      const row = await find(sql, id)
      if (row?.state !== 'running' || row.worker !== worker) return false
      await work(transaction, row)
      return true
    })
  }

  async #change<Result>(work: (transaction: JobTransaction, sql: QueueSql) => Promise<Result>): Promise<Result> {
    const {result, transaction} = await this.#database.write(this.#sql, async sql => {
      const transaction = await JobTransaction.begin(sql, this.#nowMs())
      return {result: await work(transaction, sql), transaction}
    })
    tellOfJobs(this.#database.signals, transaction)
    return result
  }
}

async function abandonAll(transaction: JobTransaction, sql: QueueSql, rows: JobRow[]): Promise<void> {
  for (const {id} of rows) {
    // An earlier one may have cancelled its children, which are among the later ones.
    const row = await find(sql, id)
    if (row?.state === 'running') await transaction.abandon(row)
  }
}
