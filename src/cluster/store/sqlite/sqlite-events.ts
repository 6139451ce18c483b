import type {Signals} from '../database/signals.js'
import type {ClusterEvent} from '../../model/records.js'
import type {EventStore} from '../store.js'
import type {StoreSql, Write} from './tables.js'

const topic = 'events'

export class SqliteEvents implements EventStore {
  readonly #sql: StoreSql
  readonly #write: Write
  readonly #signals: Signals
  readonly #kept: number
  /** Forgetting goes in steps, so that most events cost one row. */
  readonly #forgetEvery: number

  /** @param kept how many events are kept at least; a listener that is further behind reads everything anew */
  constructor({sql, write, signals, kept}: {sql: StoreSql; write: Write; signals: Signals; kept: number}) {
    this.#kept = kept
    this.#forgetEvery = Math.ceil(kept / 20)
    this.#sql = sql
    this.#write = write
    this.#signals = signals
  }

  async append(event: Omit<ClusterEvent, 'id'>): Promise<void> {
    await this.#write(async sql => {
      const {id} = await sql
        .insertInto('events')
        .values({at_ms: event.atMs, type: event.type, bank: event.bank, data: JSON.stringify(event.data)})
        .returning('id')
        .executeTakeFirstOrThrow()
      if (id % this.#forgetEvery === 0) await forget(sql, id - this.#kept)
    })
    this.#signals.tell(topic, undefined)
  }

  async after(id: number, limit: number): Promise<{events: ClusterEvent[]; gap: boolean}> {
    const forgotten = await forgottenUpTo(this.#sql)
    // An id that was never given comes from a database that is gone.
    const unknown = id > (await this.lastId())
    const rows = await this.#sql
      .selectFrom('events')
      .selectAll()
      .where('id', '>', unknown ? 0 : id)
      .orderBy('id')
      .limit(limit)
      .execute()
    const events = rows.map(row => ({
      id: row.id,
      atMs: row.at_ms,
      type: row.type,
      bank: row.bank,
      data: JSON.parse(row.data) as Record<string, unknown>,
    }))
    return {events, gap: unknown || id < forgotten}
  }

  async lastId(): Promise<number> {
    const row = await this.#sql
      .selectFrom('events')
      .select(eb => eb.fn.max('id').as('id'))
      .executeTakeFirst()
    return row?.id ?? (await forgottenUpTo(this.#sql))
  }

  watch(listener: () => void): () => void {
    const stopLocal = this.#signals.onLocal(topic, listener)
    const stopForeign = this.#signals.onForeign(listener)
    return () => {
      stopLocal()
      stopForeign()
    }
  }
}

async function forget(sql: StoreSql, upTo: number): Promise<void> {
  if (upTo <= 0) return
  await sql.deleteFrom('events').where('id', '<=', upTo).execute()
  await sql.updateTable('counters').set({value: upTo}).where('name', '=', 'events_forgotten').execute()
}

async function forgottenUpTo(sql: StoreSql): Promise<number> {
  const row = await sql
    .selectFrom('counters')
    .select('value')
    .where('name', '=', 'events_forgotten')
    .executeTakeFirstOrThrow()
  return row.value
}
