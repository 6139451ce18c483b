import type {DownloadRequest, ProcessRequest, ReleaseRequest} from '../engine/ports.js'
import type {TransferProgress} from '../model/bank.js'

/** What a job asks for, by kind. All of it is JSON: a worker may live on another machine. */
export interface JobPayloads {
  update: UpdateRequest
  remove: RemoveRequest
  repair: RepairRequest
  download: DownloadRequest
  process: ProcessRequest
  /** Looks for a new remote release. */
  release: ReleaseRequest
}
export type JobKind = keyof JobPayloads

/** Options of an update as BioMAJ's REST and RPC take them. */
export interface UpdateRequest {
  bank: string
  publish: boolean
  fromScratch: boolean
  stopBefore: string | null
  stopAfter: string | null
  fromTask: string | null
  /** Block, meta-process or process to begin with; only with `fromTask: 'postprocess'` and the like. */
  process: string | null
  /** Release to take up again; only with `fromTask`. */
  release: string | null
}

export interface RemoveRequest {
  bank: string
  /** Local name, directory name, or what else BioMAJ accepts; null for all of them. */
  release: string | null
  /** With `release: null`: `pending` removes what never ended, `all` the bank itself. */
  what: 'release' | 'pending' | 'all'
  /** Frozen releases too. */
  force: boolean
}

export interface RepairRequest {
  bank: string
  release: string | null
}

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'

export interface Job<Kind extends JobKind = JobKind> {
  id: string
  kind: Kind
  bank: string
  payload: JobPayloads[Kind]
  /** Who asked for it; the scheduler's own are `biomaj`. */
  user: string
  /** Follows a request through all services, jobs and logs. */
  correlationId: string
  /** The job that waits for this one; null for what a person asked for. */
  parent: string | null
  state: JobState
  /** Higher first; equal ones in the order of their ids. */
  priority: number
  queuedAtMs: number
  startedAtMs: number | null
  endedAtMs: number | null
  worker: string | null
  leaseUntilMs: number | null
  /** How often a worker took it. */
  attempts: number
  cancelRequestedBy: string | null
  /** Of a running job; its keeper writes it with the lease. */
  progress: TransferProgress | null
  /** JSON that the worker gave at the end; null before. */
  result: unknown
  /** Why it failed, in one line. */
  reason: string | null
}

export interface NewJob<Kind extends JobKind> {
  kind: Kind
  bank: string
  payload: JobPayloads[Kind]
  user: string
  correlationId: string
  parent?: string | undefined
  priority?: number | undefined
}

export interface JobQuery {
  kinds?: readonly JobKind[] | undefined
  states?: readonly JobState[] | undefined
  bank?: string | undefined
  parent?: string | undefined
  /** Newest first with `newest`, else in the order in which they will run. */
  order?: 'newest' | 'next' | undefined
  limit?: number | undefined
}

/**
 * Hands out work. A job that was added survives a crash; it is held by one worker at a time, under a lease. When the
 * lease ends without a word, the job is handed out again, `maxAttempts` times, and then fails. Of the kinds that work on
 * a bank as a whole (`update`, `remove`, `repair`) two jobs of one bank never run at the same time.
 * Adapters pass `test/cluster/queue/conformance.ts`.
 */
export interface Queue {
  add<Kind extends JobKind>(job: NewJob<Kind>): Promise<Job<Kind>>
  /** The next job of these kinds, or undefined when there is none that may run now. */
  take<Kind extends JobKind>(request: {
    kinds: readonly Kind[]
    worker: string
    leaseMs: number
  }): Promise<Job<Kind> | undefined>
  /** Keeps a job. `lost` when it is not this worker's any more: stop, and touch nothing. */
  renew(request: {
    id: string
    worker: string
    leaseMs: number
    progress?: TransferProgress | undefined
  }): Promise<'kept' | 'cancel' | 'lost'>
  /** False when the job is not this worker's any more: what it did does not count. */
  finish(request: {
    id: string
    worker: string
    state: 'done' | 'failed' | 'cancelled'
    result?: unknown
    reason?: string | undefined
  }): Promise<boolean>
  /** Gives a job back, unspent, as a worker does that is asked to stop. */
  release(request: {id: string; worker: string}): Promise<boolean>
  /** A queued job is cancelled at once, a running one is asked to stop, with all its children. False when it had ended. */
  cancel(id: string, by: string): Promise<boolean>
  get(id: string): Promise<Job | undefined>
  list(query: JobQuery): Promise<Job[]>
  count(query: Pick<JobQuery, 'kinds' | 'states' | 'bank'>): Promise<number>
  /** Ends every lease of workers that the filter names: their process is known to be dead. Returns how many jobs came free. */
  expire(isDead: (worker: string) => boolean): Promise<number>
  /**
   * Calls back soon after jobs changed in any process: at once for this process, within a second for others. A hint,
   * not a promise: listeners look for themselves, and poll beside it. Returns how to stop.
   */
  watch(listener: (change: {id: string; kind: JobKind; state: JobState; cancelRequested: boolean}) => void): () => void
  /** Forgets jobs that ended before. Returns how many. */
  prune(endedBeforeMs: number): Promise<number>
  close(): Promise<void>
}
