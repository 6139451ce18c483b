import type {Activity} from '../../api/contract/daemon.js'
import type {Transfer} from '../../api/contract/job.js'
import {interruptionOf} from '../../shared/abort.js'
import type {Clock} from '../../shared/clock.js'
import {BiomajError} from '../../shared/errors.js'
import {mapConcurrently} from '../map-concurrently.js'
import {digestLog} from '../run-digest.js'
import {
  activityOf,
  type BankActivity,
  type Baseline,
  EvidenceLook,
  isTransient,
  readLog,
  type WatchedCluster,
} from './evidence.js'
import {readJob, verdictOfJob} from './job-verdict.js'
import {nextDelayMs} from './poll-schedule.js'
import {type RequestState, RunTracker, type Verdict} from './run-tracker.js'

export interface AwaitedRun {
  bank: string
  baseline: Baseline
  request: RequestState
  /** The job that the request became, where the cluster tells it: then the job says how it ended. */
  job?: string
}

/** How waiting for one bank ended: with a verdict, or without one because the watch ended first. */
export type WaitResult =
  | ({bank: string; why: 'ended'} & Verdict)
  | {bank: string; why: 'timeout'; outcome: 'running'}
  /** `error` says whether by Ctrl-C or by SIGTERM. */
  | {bank: string; why: 'interrupted'; outcome: 'running'; error: BiomajError}
  | {bank: string; why: 'outage' | 'refused'; outcome: 'unknown'; error: BiomajError}

/** What is known of an awaited update, for people. */
export interface Progress {
  bank: string
  phase: RunTracker['phase']
  /** 1 is next. */
  position: number | undefined
  /** Banks that daemons work on meanwhile. */
  busyWith: readonly string[]
  /** Steps of the run, as far as known. */
  run: RunTracker['run']
  filesToDownload: number | undefined
  /** True counts of the download, where the cluster has them. */
  transfer: Transfer | undefined
  /** Why the last look at this bank failed. */
  outage: string | undefined
  /** Set once, when there is a result. */
  outcome: WaitResult['outcome'] | undefined
}

export interface WaitOptions {
  /** Ends the watch, never the update. 0 looks once. */
  timeoutMs?: number | undefined
  /** Longest time without an answer about a bank before its outcome counts as unknown. */
  maxOutageMs: number
  /** Fixed time between looks instead of the schedule. */
  pollMs?: number | undefined
  signal: AbortSignal
  clock: Clock
  onProgress?: ((progress: Progress) => void) | undefined
}

const settlingPollMs = 1500
// In the slow phase the step-by-step status is read at every so many looks, or when the daemon's activity changes.
const statusEvery = 8
const eagerLooks = 20
const progressLogLines = 300

/**
 * Waits until the updates of all banks have ended. Asks for the daemon's activity at every look, for a bank's
 * status where it may have changed, and for history, locks and log only when a run may be over. An answer that
 * does not come is not a failure: only `maxOutageMs` ends the wait for it. Never throws for what happens to a bank.
 */
export async function waitForRuns(
  cluster: WatchedCluster,
  runs: readonly AwaitedRun[],
  options: WaitOptions,
): Promise<WaitResult[]> {
  return new Waiting(cluster, runs, options).all()
}

/** One look at everything. */
interface Look {
  activity: Activity
  evidence: EvidenceLook
  /** Reads a status even where nothing points to a change. */
  eager: boolean
}

interface Outage {
  sinceMs: number
  reason: string
}

class Waiting {
  readonly #cluster: WatchedCluster
  readonly #options: WaitOptions
  readonly #trackers: RunTracker[]
  readonly #results = new Map<string, WaitResult>()
  readonly #outages = new Map<string, Outage>()
  readonly #files = new Map<string, number | undefined>()
  /** Jobs of the awaited runs, by bank, as far as the cluster names them and remembers them. */
  readonly #jobs = new Map<string, string>()
  readonly #transfers = new Map<string, Transfer>()
  #busyWith: readonly string[] = []
  #looks = 0

  constructor(cluster: WatchedCluster, runs: readonly AwaitedRun[], options: WaitOptions) {
    this.#cluster = cluster
    this.#options = options
    this.#trackers = runs.map(({bank, baseline, request}) => new RunTracker(bank, baseline, request))
    for (const {bank, job} of runs) if (job !== undefined) this.#jobs.set(bank, job)
  }

  async all(): Promise<WaitResult[]> {
    const {clock, signal, timeoutMs = Number.POSITIVE_INFINITY, pollMs} = this.#options
    const startMs = clock.nowMs()
    let delayMs = 0
    for (;;) {
      if (signal.aborted) return this.#interrupted()
      await this.#look()
      const open = this.#open()
      if (open.length === 0) break
      const elapsedMs = clock.nowMs() - startMs
      if (elapsedMs >= timeoutMs) {
        for (const {bank} of open) this.#results.set(bank, {bank, why: 'timeout', outcome: 'running'})
        break
      }
      delayMs = pollMs ?? nextDelayMs({elapsedMs, previousMs: delayMs, random: clock.random()})
      const settling = open.some(tracker => tracker.settling)
      const restMs = Math.min(settling ? Math.min(delayMs, settlingPollMs) : delayMs, timeoutMs - elapsedMs)
      try {
        await clock.sleep(restMs, signal)
      } catch (error) {
        // The loop sees the signal next.
        if (!signal.aborted) throw error
      }
    }
    return this.#inOrder()
  }

  async #look(): Promise<void> {
    const eager = this.#looks++ < eagerLooks || this.#looks % statusEvery === 0
    const open = this.#open()
    const request = this.#request()
    try {
      const activity = await this.#cluster.daemon.activity(request)
      this.#busyWith = activity.daemons.flatMap(({bank}) => bank ?? [])
      const look: Look = {activity, eager, evidence: new EvidenceLook(this.#cluster, request)}
      await mapConcurrently(open, async tracker => this.#lookAt(tracker, look))
    } catch (error) {
      for (const tracker of open) this.#missed(tracker, error)
    }
    if (!this.#options.signal.aborted) for (const tracker of open) this.#tell(tracker)
  }

  async #lookAt(tracker: RunTracker, look: Look): Promise<void> {
    try {
      await this.#readOf(tracker, look)
      this.#outages.delete(tracker.bank)
    } catch (error) {
      this.#missed(tracker, error)
    }
  }

  async #readOf(tracker: RunTracker, {activity, evidence, eager}: Look): Promise<void> {
    const {clock} = this.#options
    const {bank, baseline} = tracker
    const now = activityOf(activity, bank)
    if (await this.#isToldByJob(tracker, now)) return
    const changed = tracker.observe(now, clock.nowMs())
    const onlyQueued = now.position !== undefined && now.action === undefined
    if (changed || !tracker.run || (eager && !onlyQueued)) {
      const before = JSON.stringify(tracker.run?.steps)
      tracker.observeRun(await this.#cluster.banks.run(bank, this.#request()))
      if (tracker.hasLog && JSON.stringify(tracker.run?.steps) !== before) await this.#readFiles(bank)
    }
    if (!tracker.wantsEvidence(clock.nowMs())) return
    const verdict = tracker.judge(await evidence.of(bank, baseline), clock.nowMs())
    if (verdict) this.#results.set(bank, {bank, why: 'ended', ...verdict})
  }

  /** Follows the run by its job. False when the cluster names none, or has forgotten it: then the signs have to do. */
  async #isToldByJob(tracker: RunTracker, now: BankActivity): Promise<boolean> {
    const {bank} = tracker
    const id = this.#jobs.get(bank)
    if (id === undefined) return false
    const job = await readJob(this.#cluster, id, this.#request())
    if (!job) {
      this.#jobs.delete(bank)
      return false
    }
    tracker.observe(job.state === 'running' ? {...now, action: 'update'} : now, this.#options.clock.nowMs())
    if (job.progress) this.#transfers.set(bank, job.progress)
    if (job.state === 'queued') return true
    tracker.observeRun(await this.#cluster.banks.run(bank, this.#request()))
    if (job.state === 'running') return true
    const verdict = await verdictOfJob(this.#cluster, job, this.#request())
    this.#results.set(bank, {bank, why: 'ended', ...verdict})
    return true
  }

  /** A look that failed says nothing about the update, unless the cluster refuses to let us look. */
  #missed({bank}: RunTracker, error: unknown): void {
    const {signal, clock, maxOutageMs} = this.#options
    if (signal.aborted) return
    if (!(error instanceof BiomajError)) throw error
    const outage = this.#outages.get(bank) ?? {sinceMs: clock.nowMs(), reason: error.message}
    this.#outages.set(bank, outage)
    if (!isTransient(error)) this.#results.set(bank, {bank, why: 'refused', outcome: 'unknown', error})
    else if (clock.nowMs() - outage.sinceMs >= maxOutageMs)
      this.#results.set(bank, {bank, why: 'outage', outcome: 'unknown', error})
  }

  /** The number of files is nowhere but in the log. Not worth ending a look for. */
  async #readFiles(bank: string): Promise<void> {
    try {
      const log = await readLog(this.#cluster, bank, {lines: progressLogLines, ...this.#request()})
      this.#files.set(bank, digestLog(log).filesToDownload ?? this.#files.get(bank))
    } catch (error) {
      if (this.#options.signal.aborted || !(error instanceof BiomajError)) throw error
    }
  }

  #request(): {signal: AbortSignal; attempts: 1} {
    return {signal: this.#options.signal, attempts: 1}
  }

  #open(): RunTracker[] {
    return this.#trackers.filter(({bank}) => !this.#results.has(bank))
  }

  #tell({bank, phase, position, run}: RunTracker): void {
    this.#options.onProgress?.({
      bank,
      phase,
      position,
      busyWith: this.#busyWith,
      run,
      filesToDownload: this.#files.get(bank),
      transfer: this.#transfers.get(bank),
      outage: this.#outages.get(bank)?.reason,
      outcome: this.#results.get(bank)?.outcome,
    })
  }

  #interrupted(): WaitResult[] {
    const error = interruptionOf(this.#options.signal)
    for (const {bank} of this.#open()) this.#results.set(bank, {bank, why: 'interrupted', outcome: 'running', error})
    return this.#inOrder()
  }

  #inOrder(): WaitResult[] {
    return this.#trackers.flatMap(({bank}) => this.#results.get(bank) ?? [])
  }
}
