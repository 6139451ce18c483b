import type {Generated, Kysely} from 'kysely'

/** Tables of the store; JSON is text. The statements that make them are in `../database/migrations.ts`. */
export interface StoreTables {
  counters: {name: string; value: number}
  banks: {
    name: string
    row: string
    document: string
    status: string | null
    status_session: number | null
    status_version: number
    version: number
  }
  history: {
    id: Generated<number>
    bank: string
    action: string
    start_ms: number
    end_ms: number
    updated: number | null
    error: number
    cancelled: number
    reason: string | null
    job: string | null
  }
  users: {id: string; email: string; key_hash: string; document: string}
  locks: {bank: string; action: string; job: string; owner: string; worker: string; since_ms: number}
  services: {id: string; lease_until_ms: number; document: string}
  cron_entries: {name: string; document: string}
  release_watches: {bank: string; document: string}
  events: {id: Generated<number>; at_ms: number; type: string; bank: string | null; data: string}
  cluster_state: {name: string; document: string}
}

export type StoreSql = Kysely<StoreTables>

/** What a table needs beside its SQL: transactions, and signals to other listeners. */
export type Write = <Result>(work: (sql: StoreSql) => Promise<Result>, options?: {durable: boolean}) => Promise<Result>
