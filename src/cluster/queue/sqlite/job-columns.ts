import type {Kysely} from 'kysely'
import type {TransferProgress} from '../../model/bank.js'
import type {Job, JobKind, JobPayloads, JobState} from '../queue.js'

/** Tables of the queue; JSON is text. The statements that make them are in `store/database/migrations.ts`. */
export interface QueueTables {
  queue_counters: {name: string; value: number}
  jobs: {
    id: string
    kind: string
    bank: string
    payload: string
    user: string
    correlation_id: string
    parent: string | null
    state: string
    priority: number
    queued_at_ms: number
    started_at_ms: number | null
    ended_at_ms: number | null
    worker: string | null
    lease_until_ms: number | null
    attempts: number
    cancel_requested_by: string | null
    progress: string | null
    result: string | null
    reason: string | null
    exclusive: number
    waits: number
    changed: number
  }
}

export type QueueSql = Kysely<QueueTables>
export type JobRow = QueueTables['jobs']

/** Kinds that work on a bank as a whole: no two jobs of them run at the same time for one bank. */
export const exclusiveKinds: readonly JobKind[] = ['update', 'remove', 'repair']

export function jobOf(row: JobRow): Job {
  return {
    id: row.id,
    kind: row.kind as JobKind,
    bank: row.bank,
    payload: JSON.parse(row.payload) as JobPayloads[JobKind],
    user: row.user,
    correlationId: row.correlation_id,
    parent: row.parent,
    state: row.state as JobState,
    priority: row.priority,
    queuedAtMs: row.queued_at_ms,
    startedAtMs: row.started_at_ms,
    endedAtMs: row.ended_at_ms,
    worker: row.worker,
    leaseUntilMs: row.lease_until_ms,
    attempts: row.attempts,
    cancelRequestedBy: row.cancel_requested_by,
    progress: row.progress === null ? null : (JSON.parse(row.progress) as TransferProgress),
    result: row.result === null ? null : (JSON.parse(row.result) as unknown),
    reason: row.reason,
  }
}
