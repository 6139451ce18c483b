/** Somebody who may log in. */
export interface User {
  id: string
  email: string
  /** bcrypt, as BioMAJ hashes; null for a user without a password. */
  passwordHash: string | null
  /** SHA-256 of the key, hexadecimal: a stolen database gives no keys. */
  keyHash: string
  /** The key, encrypted with a secret beside the database, for "about me" shows it; null or absent when it was not kept. */
  keySealed?: string | null
  admin: boolean
  createdAtMs: number
}

/** One row for each run that came as far as its start. */
export interface HistoryRow {
  id: number
  bank: string
  action: 'update' | 'remove' | 'repair'
  startMs: number
  endMs: number
  /** Null for a removal. */
  updated: boolean | null
  error: boolean
  cancelled: boolean
  /** Why it failed, in one line; null when it did not. */
  reason: string | null
  job: string | null
}

/** Who works on a bank now. A lock belongs to a job and ends with it, whatever becomes of the worker. */
export interface BankLock {
  bank: string
  action: string
  job: string
  /** Who asked for it. */
  owner: string
  worker: string
  sinceMs: number
}

export interface Maintenance {
  sinceMs: number
  by: string
}

/** One running instance of a service, alive as long as it renews its lease. */
export interface ServiceInstance {
  /** Unique for each start, such as `biomaj-download-1@host:4711`. */
  id: string
  service: ServiceName
  host: string
  pid: number
  startedAtMs: number
  leaseUntilMs: number
  /** What a worker is doing, such as `alu` and `update`; null when idle. */
  work: {bank: string; action: string; job: string; sinceMs: number} | null
}

export const serviceNames = ['gateway', 'daemon', 'user', 'scheduler', 'update', 'download', 'process'] as const
export type ServiceName = (typeof serviceNames)[number]

/** A change that somebody may be waiting for. Ids grow, without gaps that matter. */
export interface ClusterEvent {
  id: number
  atMs: number
  /** `job`, `bank`, `step`, `progress`, `service`, `maintenance`, `lock`. */
  type: string
  bank: string | null
  data: Record<string, unknown>
}

/** An entry of the schedule: banks that are updated at the times of a cron expression. */
export interface CronEntry {
  name: string
  /** Five fields. */
  slices: string
  banks: string[]
  comment: string
  /** Whose rights the updates have. */
  user: string
  /** The last time that it was due and acted upon, or when it was made. */
  lastDueAtMs?: number
}

/** What the scheduler remembers of the remote releases of a bank. */
export interface ReleaseWatch {
  bank: string
  nextCheckAtMs: number | null
  lastCheckAtMs: number | null
  lastRelease: string | null
  intervalDays: number
  unchanged: number
  problem: string | null
}
