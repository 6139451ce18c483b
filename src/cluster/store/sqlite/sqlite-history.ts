import type {Insertable} from 'kysely'
import type {HistoryRow} from '../../model/records.js'
import type {HistoryStore} from '../store.js'
import type {StoreSql, StoreTables} from './tables.js'

export class SqliteHistory implements HistoryStore {
  readonly #sql: StoreSql

  constructor(sql: StoreSql) {
    this.#sql = sql
  }

  async add(row: Omit<HistoryRow, 'id'>): Promise<HistoryRow> {
    const {id} = await this.#sql
      .insertInto('history')
      .values(historyColumns(row))
      .returning('id')
      .executeTakeFirstOrThrow()
    return {...row, id}
  }

  async list({limit, bank}: {limit: number; bank?: string | undefined}): Promise<HistoryRow[]> {
    const all = this.#sql.selectFrom('history').selectAll()
    const rows = await (bank === undefined ? all : all.where('bank', '=', bank))
      .orderBy('start_ms', 'desc')
      .orderBy('id', 'desc')
      .limit(limit)
      .execute()
    return rows.map(row => fromColumns(row))
  }
}

/** A row that is new, as it is stored. */
export function historyColumns(row: Omit<HistoryRow, 'id'>): Insertable<StoreTables['history']> {
  return {
    bank: row.bank,
    action: row.action,
    start_ms: row.startMs,
    end_ms: row.endMs,
    updated: row.updated === null ? null : Number(row.updated),
    error: Number(row.error),
    cancelled: Number(row.cancelled),
    reason: row.reason,
    job: row.job,
  }
}

function fromColumns(row: Omit<StoreTables['history'], 'id'> & {id: number}): HistoryRow {
  return {
    id: row.id,
    bank: row.bank,
    action: row.action as HistoryRow['action'],
    startMs: row.start_ms,
    endMs: row.end_ms,
    updated: row.updated === null ? null : row.updated === 1,
    error: row.error === 1,
    cancelled: row.cancelled === 1,
    reason: row.reason,
    job: row.job,
  }
}
