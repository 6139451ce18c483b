import type {HistoryEntry} from '../../api/contract/bank.js'
import type {Activity, Locks} from '../../api/contract/daemon.js'
import type {Job} from '../../api/contract/job.js'
import type {BankRun} from '../../api/contract/run.js'
import type {RequestOptions} from '../../api/transport.js'
import {BiomajError, type ErrorCode} from '../../shared/errors.js'

/** What waiting needs of a cluster; `BiomajClient` is one. */
export interface WatchedCluster {
  daemon: {
    activity(options?: RequestOptions): Promise<Activity>
    locks(options?: RequestOptions): Promise<Locks>
  }
  banks: {
    run(bank: string, options?: RequestOptions): Promise<BankRun>
  }
  history: {list(options: RequestOptions & {limit: number}): Promise<HistoryEntry[]>}
  logs: {tail(bank: string, options: RequestOptions & {lines: number}): AsyncIterable<string>}
  /** Only asked about jobs that the cluster named. */
  additions?: {job(id: string, options?: RequestOptions): Promise<Job>}
}

/** Where a bank stood before the awaited run, so that the run can be told from earlier ones. */
export interface Baseline {
  /** The log file changes with every run that gets past its first step; the session does not when a run is resumed. */
  logFile: string | null
  /** Ended updates and removals, of all banks, that were known already. */
  history: ReadonlySet<string>
}

/** What the daemon says it does with a bank. */
export interface BankActivity {
  /** 1 is next; undefined when no request about the bank waits. */
  position: number | undefined
  /** `update`, `remove`, `repair`; undefined when no daemon is at work on the bank. */
  action: string | undefined
}

/** Everything that can decide how a run ended. */
export interface Evidence {
  run: BankRun
  /** Updates of the bank that ended since the baseline, newest first. */
  newUpdates: HistoryEntry[]
  /** The bank's lock file exists; undefined when the cluster cannot tell. */
  locked: boolean | undefined
  /** The cluster is in maintenance; undefined when it cannot tell. */
  maintenance: boolean | undefined
  /** The end of the log that the cluster serves; of an earlier run if `run.logFile` did not change. */
  log: string[]
  /** False when locks or log could not be read just now and may be later. */
  complete: boolean
}

/** Rows that are read of a history which may be very long. */
export const historyRows = 100
const settledLogLines = 1000

export function activityOf(activity: Activity, bank: string): BankActivity {
  const index = activity.waiting.indexOf(bank)
  return {
    position: index === -1 ? undefined : index + 1,
    action: activity.daemons.find(daemon => daemon.bank === bank)?.action,
  }
}

export function keyOf({bank, action, start, end, error, updated}: HistoryEntry): string {
  return [bank, action, start, end, error, updated].join('|')
}

export async function readBaseline(
  cluster: Pick<WatchedCluster, 'banks' | 'history'>,
  bank: string,
  options: RequestOptions,
): Promise<Baseline> {
  const [run, history] = await Promise.all([
    cluster.banks.run(bank, options),
    cluster.history.list({limit: historyRows, ...options}),
  ])
  return baselineOf(run, history)
}

export function baselineOf({logFile}: BankRun, history: readonly HistoryEntry[]): Baseline {
  return {logFile, history: new Set(history.map(keyOf))}
}

/** Ended updates of the bank that the baseline does not know, newest first. */
export function newUpdates(bank: string, history: readonly HistoryEntry[], baseline: Baseline): HistoryEntry[] {
  return history.filter(
    entry => entry.bank === bank && entry.action === 'update' && !baseline.history.has(keyOf(entry)),
  )
}

/** One look at a cluster: what concerns all banks is read at most once, however many banks ask for it. */
export class EvidenceLook {
  readonly #cluster: WatchedCluster
  readonly #options: RequestOptions
  #recent: Promise<HistoryEntry[]> | undefined
  #whole: Promise<HistoryEntry[]> | undefined
  #locks: Promise<{value?: Locks; again: boolean}> | undefined

  constructor(cluster: WatchedCluster, options: RequestOptions) {
    this.#cluster = cluster
    this.#options = options
  }

  async of(bank: string, baseline: Baseline): Promise<Evidence> {
    this.#locks ??= attempt(this.#cluster.daemon.locks(this.#options))
    const [run, history, locks, log] = await Promise.all([
      this.#cluster.banks.run(bank, this.#options),
      this.#history(baseline),
      this.#locks,
      attempt(readLog(this.#cluster, bank, {lines: settledLogLines, ...this.#options})),
    ])
    return {
      run,
      newUpdates: newUpdates(bank, history, baseline),
      locked: locks.value?.banks.includes(bank),
      maintenance: locks.value?.maintenance,
      log: log.value ?? [],
      complete: !locks.again && !log.again,
    }
  }

  /** The newest rows, or all of them where so much ended since the baseline that the newest do not reach back to it. */
  async #history(baseline: Baseline): Promise<HistoryEntry[]> {
    this.#recent ??= this.#cluster.history.list({limit: historyRows, ...this.#options})
    const recent = await this.#recent
    if (recent.length < historyRows || recent.some(entry => baseline.history.has(keyOf(entry)))) return recent
    this.#whole ??= this.#cluster.history.list({limit: 0, ...this.#options})
    return this.#whole
  }
}

/** Locks and log explain an end; a cluster that does not give them can still prove one. */
async function attempt<T>(promise: Promise<T>): Promise<{value?: T; again: boolean}> {
  try {
    return {value: await promise, again: false}
  } catch (error) {
    if (!(error instanceof BiomajError)) throw error
    return {again: isTransient(error)}
  }
}

const transient: ReadonlySet<ErrorCode> = new Set([
  'unreachable',
  'timeout',
  'tls',
  'protocol',
  'server_error',
  'response_too_large',
  'redirect_refused',
])

/** Whether an error says nothing about the awaited run and may be gone at the next look. */
export function isTransient(error: unknown): error is BiomajError {
  return error instanceof BiomajError && transient.has(error.code)
}

export async function readLog(
  cluster: Pick<WatchedCluster, 'logs'>,
  bank: string,
  options: RequestOptions & {lines: number},
): Promise<string[]> {
  const lines: string[] = []
  for await (const line of cluster.logs.tail(bank, options)) lines.push(line)
  return lines
}
