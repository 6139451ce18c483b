import {sql as raw} from 'kysely'
import type {SelectQueryBuilder} from 'kysely'
import type {JobKind} from '../queue.js'
import type {JobRow, QueueSql, QueueTables} from './job-columns.js'
import {queued} from './job-transaction.js'

export function isLive(row: JobRow): boolean {
  return row.state === 'queued' || row.state === 'running'
}

export function find(sql: QueueSql, id: string): Promise<JobRow | undefined> {
  return sql.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst()
}

/** In the order of their ids, sorted here: SQLite would rather walk through all jobs than sort a few. */
export async function expired(sql: QueueSql, nowMs: number): Promise<JobRow[]> {
  return (await expiredQuery(sql, nowMs).execute()).toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

/** Only running jobs have a lease. */
export function expiredQuery(sql: QueueSql, nowMs: number): SelectQueryBuilder<QueueTables, 'jobs', JobRow> {
  return sql.selectFrom('jobs').selectAll().where('lease_until_ms', '<=', nowMs)
}

export function nextOfKind(sql: QueueSql, kind: JobKind): SelectQueryBuilder<QueueTables, 'jobs', JobRow> {
  return sql
    .selectFrom('jobs')
    .selectAll()
    .where('kind', '=', kind)
    .where('state', '=', queued)
    .where('waits', '=', raw.lit(0))
    .orderBy('priority', 'desc')
    .orderBy('id')
    .limit(1)
}

/** The first of the kinds that need not wait: one look into an index for each kind. */
export async function next(sql: QueueSql, kinds: readonly JobKind[]): Promise<JobRow | undefined> {
  let best: JobRow | undefined
  for (const kind of kinds) {
    const row = await nextOfKind(sql, kind).executeTakeFirst()
    if (row !== undefined && (best === undefined || isBefore(row, best))) best = row
  }
  return best
}

function isBefore(a: JobRow, b: JobRow): boolean {
  return a.priority > b.priority || (a.priority === b.priority && a.id < b.id)
}
