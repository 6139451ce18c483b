import type {HistoryEntry} from '../../api/contract/bank.js'
import type {BankRun, StepRun} from '../../api/contract/run.js'
import type {UpdateStep} from '../../api/contract/steps.js'
import {digestLog, type RunDigest} from '../run-digest.js'
import type {BankActivity, Baseline, Evidence} from './evidence.js'

export type RunPhase = 'requested' | 'queued' | 'running'

/** How the awaited run of one bank ended. */
export interface Verdict {
  outcome: 'updated' | 'up_to_date' | 'stopped' | 'failed' | 'cancelled' | 'never_started'
  /** Local name of the release that the run made or found. */
  release: string | undefined
  step: UpdateStep | undefined
  subStep: string | undefined
  process: string | undefined
  /** File on the server with what the failed process wrote to its standard error. */
  processErrors: string | undefined
  reason: string | undefined
  /** The log's lines that say why, oldest first. */
  logLines: string[]
  /** The history's row of the run, if it came to one. */
  entry: HistoryEntry | undefined
}

/** Whether the cluster surely has the request whose run is awaited; unknown after a lost answer. */
export type RequestState = 'accepted' | 'unknown'

// The daemon takes a request and says so within a second; two looks further apart than this cannot both fall in between.
const idleGraceMs = 5000
// Between taking a request and locking the bank there is only the loading of its properties.
const unlockedGraceMs = 20_000
// A daemon whose queue was restarted under it is shown nowhere and still works: its log grows and the bank stays locked.
const silenceMs = 300_000
const explanationMs = 60_000

/**
 * Follows one bank from its request to its end. No input or output, no clock of its own: it is told what was seen
 * and when. Only two things end a run: a new row in the history, or the lasting absence of every sign of life.
 */
export class RunTracker {
  readonly bank: string
  phase: RunPhase = 'requested'
  position: number | undefined
  run: BankRun | undefined
  readonly baseline: Baseline
  readonly #request: RequestState
  #activity: BankActivity = {position: undefined, action: undefined}
  #idleSinceMs: number | undefined
  #unlockedSinceMs: number | undefined
  #runningSinceMs: number | undefined
  #endedSinceMs: number | undefined
  #sawLock = false
  #sign = {life: '', sinceMs: 0}

  constructor(bank: string, baseline: Baseline, request: RequestState) {
    this.bank = bank
    this.baseline = baseline
    this.#request = request
  }

  /** Takes in what the daemon says of the bank. Returns whether the bank's status may have changed with it. */
  observe(activity: BankActivity, nowMs: number): boolean {
    const wasQueued = this.#activity.position !== undefined
    const changed = activity.action !== this.#activity.action || (activity.position !== undefined) !== wasQueued
    this.#activity = activity
    this.position = activity.position
    const idle = activity.position === undefined && activity.action === undefined
    this.#idleSinceMs = idle ? (this.#idleSinceMs ?? nowMs) : undefined
    if (activity.action === 'update') {
      this.phase = 'running'
      this.#runningSinceMs ??= nowMs
    } else {
      this.#runningSinceMs = undefined
      // A request that waits behind our own run is not ours: once running, the phase does not go back.
      if (activity.position !== undefined && this.phase === 'requested') this.phase = 'queued'
    }
    return changed
  }

  /** Takes in the step-by-step status. */
  observeRun(run: BankRun): void {
    this.run = run
    if (this.#started(run)) this.phase = 'running'
  }

  /** Whether all the evidence has to be read now, because the run may have ended or gone wrong. */
  wantsEvidence(nowMs: number): boolean {
    if (this.#idleSinceMs !== undefined || this.#endedSinceMs !== undefined) return true
    if (!this.run) return false
    const started = this.#started(this.run)
    if (started && this.run.steps.some(({step, state}) => state === 'failed' || (step === 'over' && state === 'done')))
      return true
    return !started && this.#runningSinceMs !== undefined && nowMs - this.#runningSinceMs > unlockedGraceMs / 2
  }

  /** The log that the cluster serves is that of the awaited run. */
  get hasLog(): boolean {
    return this.run !== undefined && this.#started(this.run)
  }

  /** While the end is being settled, polling must not slow down. */
  get settling(): boolean {
    return [this.#idleSinceMs, this.#unlockedSinceMs, this.#endedSinceMs].some(sinceMs => sinceMs !== undefined)
  }

  /** The verdict, or undefined while the run may still be alive. */
  judge(evidence: Evidence, nowMs: number): Verdict | undefined {
    this.observeRun(evidence.run)
    const started = this.#started(evidence.run)
    const digest = digestLog(started ? evidence.log : [])
    const [entry] = evidence.newUpdates
    if (entry) {
      this.#endedSinceMs ??= nowMs
      // Without the log a cancelled run cannot be told from a failed one: ask again, but not for ever.
      const explained = evidence.complete || nowMs - this.#endedSinceMs >= explanationMs
      return explained || !entry.error ? this.#ended(entry, evidence, digest, started) : undefined
    }

    if (evidence.locked === true) this.#sawLock = true
    if (this.#idleSinceMs !== undefined) {
      const surelyIdle = evidence.locked === false || this.#silentForMs(evidence, nowMs) > silenceMs
      return surelyIdle && nowMs - this.#idleSinceMs >= idleGraceMs
        ? this.#vanished(evidence, digest, started)
        : undefined
    }
    const lockIsGone = evidence.locked === false && (this.#sawLock || !started)
    if (this.#activity.action !== 'update' || !lockIsGone) {
      this.#unlockedSinceMs = undefined
      return undefined
    }
    this.#unlockedSinceMs ??= nowMs
    return nowMs - this.#unlockedSinceMs < unlockedGraceMs ? undefined : this.#vanished(evidence, digest, started)
  }

  #silentForMs({run, log}: Evidence, nowMs: number): number {
    const life = JSON.stringify([run.steps, log.length, log.at(-1)])
    if (life !== this.#sign.life) this.#sign = {life, sinceMs: nowMs}
    return nowMs - this.#sign.sinceMs
  }

  #started(run: BankRun): boolean {
    return run.logFile !== null && run.logFile !== this.baseline.logFile
  }

  #ended(entry: HistoryEntry, evidence: Evidence, digest: RunDigest, started: boolean): Verdict {
    const {run} = evidence
    const verdict = {...verdictFrom(digest, run), entry, release: digest.release}
    if (!entry.error) {
      const over = run.steps.find(({step}) => step === 'over')?.state
      const complete = over === 'done' || over === 'skipped'
      return {...verdict, outcome: entry.updated ? (complete ? 'updated' : 'stopped') : 'up_to_date', logLines: []}
    }
    if (digest.cancelled) return {...verdict, ...cancelledAt(run, digest)}
    if (!started) return {...verdict, ...beforeFirstStep(evidence)}
    return {...verdict, outcome: 'failed', step: stoppedAt(run, digest)}
  }

  /** Nothing runs, nothing waits, and the history knows of no end. */
  #vanished({run, locked}: Evidence, digest: RunDigest, started: boolean): Verdict {
    if (started && this.phase === 'running') {
      const verdict = verdictFrom(digest, run)
      if (digest.cancelled) return {...verdict, ...cancelledAt(run, digest)}
      const lock = locked === true ? ' and left the bank locked' : ''
      const reason = verdict.reason ?? `The daemon stopped in the middle of it${lock}`
      return {...verdict, step: stoppedAt(run, digest), reason}
    }
    const reason =
      this.#request === 'unknown'
        ? 'Nothing shows that the request arrived; it is safe to send it again'
        : 'The daemon dropped the request without a word: not your bank, an unknown release or step, or a cancel that was waiting'
    return {...verdictFrom(digest, run), outcome: 'never_started', reason, logLines: []}
  }
}

export function verdictFrom(digest: RunDigest, {logFile}: BankRun): Verdict {
  const {failedProcess: process} = digest
  return {
    outcome: 'failed',
    release: undefined,
    step: undefined,
    subStep: digest.subStep,
    process,
    // BioMAJ writes it beside the run's log and serves it nowhere.
    processErrors: process === undefined ? undefined : logFile?.replace(/[^/]*$/, `${process}.err`),
    reason: reasonOf(digest),
    logLines: digest.errors,
    entry: undefined,
  }
}

/** A run that failed before it had a log: only what may still stand in its way tells why. */
function beforeFirstStep({locked, maintenance}: Evidence): Pick<Verdict, 'outcome' | 'step' | 'reason'> {
  if (maintenance === true) return {outcome: 'failed', step: 'init', reason: 'The cluster is in maintenance'}
  if (locked === true)
    return {outcome: 'failed', step: 'init', reason: 'The bank is locked by another action, or by one that died'}
  if (locked === false) return {outcome: 'cancelled', step: 'init', reason: 'A cancel was waiting for it'}
  return {
    outcome: 'failed',
    step: 'init',
    reason: 'The bank was locked, the cluster in maintenance, or a cancel was waiting',
  }
}

function reasonOf({cause, failedProcess, errors}: RunDigest): string | undefined {
  // An earlier error may be that of an attempt which then succeeded.
  return failedProcess === undefined ? (cause ?? errors.at(-1)) : `The process ${failedProcess} failed`
}

/** What the log has of errors then is BioMAJ's own trouble with stopping. */
function cancelledAt(run: BankRun, digest: RunDigest): Pick<Verdict, 'outcome' | 'step' | 'reason' | 'logLines'> {
  return {outcome: 'cancelled', step: stoppedAt(run, digest), reason: undefined, logLines: []}
}

/** The step where a run ended: the one that failed, else the log's last, else the first that is not done. */
function stoppedAt({steps}: BankRun, digest: RunDigest): UpdateStep | undefined {
  const find = (state: StepRun['state']) => steps.find(step => step.state === state)?.step
  // The last step of all begins after a failure too, so the log's last word is not the place of a failed one.
  const last = digest.step === 'over' ? undefined : digest.step
  return find('failed') ?? last ?? find('waiting')
}
