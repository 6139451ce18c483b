import type {Activity} from '../../api/contract/daemon.js'
import {BiomajError} from '../../shared/errors.js'
import {digestLog} from '../run-digest.js'
import {activityOf, type Baseline, isTransient, readEvidence, readLog, type WatchedCluster} from './evidence.js'
import {nextDelayMs} from './poll-schedule.js'
import {type RequestState, RunTracker, type Verdict} from './run-tracker.js'

export interface AwaitedRun {
  bank: string
  baseline: Baseline
  request: RequestState
}

/** How waiting for one bank ended: with a verdict, or without one because the watch ended first. */
export type WaitResult =
  | ({bank: string; why: 'ended'} & Verdict)
  | {bank: string; why: 'timeout' | 'interrupted'; outcome: 'running'; phase: RunTracker['phase']}
  | {bank: string; why: 'outage' | 'refused'; outcome: 'unknown'; error: BiomajError}

/** What is known of a running update, for people. */
export interface Progress {
  bank: string
  phase: RunTracker['phase']
  position: number | undefined
  /** Steps of the run, as far as known. */
  run: RunTracker['run']
  filesToDownload: number | undefined
  /** The cluster gives no answer since this time (monotonic), for this reason. */
  outage: {sinceMs: number; reason: string} | undefined
}

export interface Clock {
  nowMs(): number
  sleep(delayMs: number, signal: AbortSignal): Promise<void>
  random(): number
}

export interface WaitOptions {
  /** Ends the watch, never the update. 0 looks once. */
  timeoutMs?: number | undefined
  /** Longest time without an answer before the outcome counts as unknown. */
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

class Waiting {
  readonly #cluster: WatchedCluster
  readonly #options: WaitOptions
  readonly #trackers: RunTracker[]
  readonly #results = new Map<string, WaitResult>()
  readonly #files = new Map<string, number | undefined>()
  #looks = 0

  constructor(cluster: WatchedCluster, runs: readonly AwaitedRun[], options: WaitOptions) {
    this.#cluster = cluster
    this.#options = options
    this.#trackers = runs.map(({bank, baseline, request}) => new RunTracker(bank, baseline, request))
  }

  async all(): Promise<WaitResult[]> {
    const {clock, signal, timeoutMs = Number.POSITIVE_INFINITY, pollMs} = this.#options
    const startMs = clock.nowMs()
    let delayMs = 0
    let outage: Progress['outage']
    for (;;) {
      if (signal.aborted) return this.#finish('interrupted')
      try {
        await this.#look()
        outage = undefined
      } catch (error) {
        if (signal.aborted) return this.#finish('interrupted')
        if (!isTransient(error)) return this.#giveUp('refused', error)
        outage ??= {sinceMs: clock.nowMs(), reason: error.message}
        if (clock.nowMs() - outage.sinceMs >= this.#options.maxOutageMs) return this.#giveUp('outage', error)
      }
      if (this.#open().length === 0) return this.#inOrder()
      for (const tracker of this.#open()) this.#tell(tracker, outage)
      const elapsedMs = clock.nowMs() - startMs
      if (elapsedMs >= timeoutMs) return this.#finish('timeout')
      delayMs = pollMs ?? nextDelayMs({elapsedMs, previousMs: delayMs, random: clock.random()})
      const settling = this.#open().some(tracker => tracker.settling)
      const restMs = Math.min(settling ? Math.min(delayMs, settlingPollMs) : delayMs, timeoutMs - elapsedMs)
      try {
        await clock.sleep(restMs, signal)
      } catch {
        // The only thing that ends the sleep early is the signal, which the loop looks at next.
      }
    }
  }

  async #look(): Promise<void> {
    const eager = this.#looks++ < eagerLooks || this.#looks % statusEvery === 0
    const activity = await this.#cluster.daemon.activity(this.#request())
    await Promise.all(this.#open().map(async tracker => this.#lookAt(tracker, activity, eager)))
  }

  async #lookAt(tracker: RunTracker, activity: Activity, eager: boolean): Promise<void> {
    const {clock} = this.#options
    const {bank} = tracker
    const changed = tracker.observe(activityOf(activity, bank), clock.nowMs())
    if (eager || changed) {
      const before = JSON.stringify(tracker.run?.steps)
      tracker.observeRun(await this.#cluster.banks.run(bank, this.#request()))
      if (tracker.phase === 'running' && JSON.stringify(tracker.run?.steps) !== before) await this.#readFiles(bank)
    }
    if (!tracker.wantsEvidence(clock.nowMs())) return
    const verdict = tracker.judge(await readEvidence(this.#cluster, bank, this.#request()), clock.nowMs())
    if (verdict) this.#results.set(bank, {bank, why: 'ended', ...verdict})
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

  #tell({bank, phase, position, run}: RunTracker, outage: Progress['outage']): void {
    this.#options.onProgress?.({bank, phase, position, run, filesToDownload: this.#files.get(bank), outage})
  }

  #finish(why: 'timeout' | 'interrupted'): WaitResult[] {
    for (const {bank, phase} of this.#open()) this.#results.set(bank, {bank, why, outcome: 'running', phase})
    return this.#inOrder()
  }

  #giveUp(why: 'outage' | 'refused', error: unknown): WaitResult[] {
    if (!(error instanceof BiomajError)) throw error
    for (const {bank} of this.#open()) this.#results.set(bank, {bank, why, outcome: 'unknown', error})
    return this.#inOrder()
  }

  #inOrder(): WaitResult[] {
    return this.#trackers.flatMap(({bank}) => this.#results.get(bank) ?? [])
  }
}
