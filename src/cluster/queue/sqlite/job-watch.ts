import type {Signals} from '../../store/database/signals.js'
import type {JobKind, JobState} from '../queue.js'
import type {QueueSql} from './job-columns.js'
import type {JobChange, JobTransaction} from './job-transaction.js'

const topic = 'jobs'

type Told = Pick<JobTransaction, 'number' | 'changes'>

export function tellOfJobs(signals: Signals, {number, changes}: Told): void {
  if (changes.length > 0) signals.tell(topic, {number, changes} satisfies Told)
}

/** Tells a listener of the jobs that changed: those of this process by signal, those of others by their numbers. */
export class JobWatch {
  readonly #sql: QueueSql
  readonly #listener: (change: JobChange) => void
  readonly #stops: Array<() => void>
  /** All changes up to this number have been told. */
  #told: Promise<number>
  /** Greater numbers that this process has told already. */
  readonly #own = new Set<number>()

  constructor({sql, signals, listener}: {sql: QueueSql; signals: Signals; listener: (change: JobChange) => void}) {
    this.#sql = sql
    this.#listener = listener
    this.#told = lastNumber(sql)
    this.#stops = [
      signals.onLocal(topic, message => {
        const {number, changes} = message as Told
        this.#own.add(number)
        for (const change of changes) listener(change)
      }),
      signals.onForeign(() => {
        this.#told = this.#told.then(told => this.#tellForeign(told))
      }),
    ]
  }

  stop(): void {
    for (const stop of this.#stops) stop()
  }

  async #tellForeign(told: number): Promise<number> {
    const rows = await this.#sql
      .selectFrom('jobs')
      .select(['id', 'kind', 'state', 'cancel_requested_by', 'changed'])
      .where('changed', '>', told)
      .orderBy('changed')
      .execute()
    for (const row of rows) {
      if (this.#own.has(row.changed)) continue
      this.#listener({
        id: row.id,
        kind: row.kind as JobKind,
        state: row.state as JobState,
        cancelRequested: row.cancel_requested_by !== null,
      })
    }
    this.#own.clear()
    return rows.at(-1)?.changed ?? told
  }
}

async function lastNumber(sql: QueueSql): Promise<number> {
  const row = await sql
    .selectFrom('queue_counters')
    .select('value')
    .where('name', '=', 'changes')
    .executeTakeFirstOrThrow()
  return row.value
}
