import type {BankDetail, HistoryEntry, Release} from '../api/contract/bank.js'
import type {UpdateStep} from '../api/contract/steps.js'
import type {RequestOptions} from '../api/transport.js'
import {BiomajError} from '../shared/errors.js'
import type {Submission} from './submit-update.js'
import {EvidenceLook, historyRows, keyOf, type WatchedCluster} from './wait/evidence.js'
import {RunTracker, type Verdict} from './wait/run-tracker.js'
import type {WaitResult} from './wait/wait-for-runs.js'

/**
 * What became of one bank. `requested` and `joined` say nothing yet about the update itself; `running` means that the
 * watch ended before it did, `unknown` that contact was lost.
 */
export type UpdateOutcome =
  | 'requested'
  | 'joined'
  | 'updated'
  | 'up_to_date'
  | 'stopped'
  | 'failed'
  | 'cancelled'
  | 'never_started'
  | 'running'
  | 'unknown'
  | 'refused'

/** The report on one bank: an element of `updates` in the JSON of `update` and `wait`. */
export interface BankUpdate {
  bank: string
  outcome: UpdateOutcome
  /** Local name of the release that was made or found up to date. */
  release: string | null
  /** Whether that release is published as `current`. */
  published: boolean | null
  /** Where a run failed or was stopped. */
  step: UpdateStep | null
  subStep: string | null
  /** `META_PROCESS` that failed. */
  process: string | null
  /** File on the server with what that process wrote to its standard error. */
  processErrors: string | null
  reason: string | null
  /** Errors out of the bank's log, oldest first. */
  logLines: string[]
  /** RFC 3339, UTC. */
  startedAt: string | null
  endedAt: string | null
  /** It ended before anybody waited: nothing ran or waited when we looked. */
  earlier: boolean
  /** Why the watch ended without a verdict. */
  watchEnded: 'timeout' | 'interrupted' | 'outage' | null
  /** The cluster was asked to cancel when the watch ended; else absent. */
  cancelRequested?: true
  error: BiomajError | null
}

export function reportOf(bank: string, outcome: UpdateOutcome, rest: Partial<BankUpdate> = {}): BankUpdate {
  return {
    bank,
    outcome,
    release: null,
    published: null,
    step: null,
    subStep: null,
    process: null,
    processErrors: null,
    reason: null,
    logLines: [],
    startedAt: null,
    endedAt: null,
    earlier: false,
    watchEnded: null,
    error: null,
    ...rest,
  }
}

export function reportSubmission(submission: Submission): BankUpdate {
  const {bank} = submission
  if (submission.state === 'sent') return reportOf(bank, 'requested')
  if (submission.state === 'joined') {
    const where = submission.situation === 'running' ? 'runs' : 'waits in the queue'
    return reportOf(bank, 'joined', {reason: `an update ${where} already`})
  }
  const {error, state} = submission
  return reportOf(bank, state === 'unknown' ? 'unknown' : 'refused', {error, reason: error.message})
}

interface ReleaseReader {
  banks: {get(bank: string, options?: RequestOptions): Promise<BankDetail>}
}

/** Turns the end of a wait into a report, with the release and whether it is published. */
export async function reportWait(
  cluster: ReleaseReader,
  result: WaitResult,
  options: RequestOptions,
): Promise<BankUpdate> {
  const {bank} = result
  if (result.outcome === 'unknown') {
    const watchEnded = result.why === 'outage' ? 'outage' : null
    return reportOf(bank, 'unknown', {watchEnded, error: result.error, reason: result.error.message})
  }
  if (result.outcome === 'running') {
    const error = result.why === 'interrupted' ? result.error : null
    return reportOf(bank, 'running', {watchEnded: result.why, error})
  }
  return reportVerdict(cluster, bank, result, options)
}

async function reportVerdict(
  cluster: ReleaseReader,
  bank: string,
  {outcome, release, entry, step, subStep, process, processErrors, reason, logLines}: Verdict,
  options: RequestOptions,
): Promise<BankUpdate> {
  const made = outcome === 'updated' || outcome === 'up_to_date'
  const found = made ? await findRelease(cluster, bank, release, options) : undefined
  const failed = outcome === 'failed'
  return reportOf(bank, outcome, {
    release: found?.release ?? release ?? null,
    published: found?.published ?? null,
    step: step ?? null,
    subStep: failed ? (subStep ?? null) : null,
    process: failed ? (process ?? null) : null,
    processErrors: failed ? (processErrors ?? null) : null,
    reason: reason ?? null,
    logLines,
    startedAt: entry?.start ?? null,
    endedAt: entry?.end ?? null,
  })
}

/** The run is over and its verdict stands, whether or not the cluster can still tell about the release. */
async function findRelease(cluster: ReleaseReader, bank: string, named: string | undefined, options: RequestOptions) {
  try {
    const {releases} = await cluster.banks.get(bank, options)
    // New releases are appended.
    return named === undefined ? releases.at(-1) : releases.findLast(release => isNamed(release, named))
  } catch (error) {
    if (error instanceof BiomajError) return undefined
    throw error
  }
}

/** The log's name lacks the `__1` that the same remote release gets when made again. */
function isNamed({release, remoteRelease}: Release, named: string): boolean {
  return release === named || remoteRelease === named || release.startsWith(`${named}__`)
}

/** The report on a bank at which no update runs or waits: how its last one ended. */
export async function reportLast(
  cluster: ReleaseReader & WatchedCluster,
  bank: string,
  {signal}: {signal: AbortSignal},
): Promise<BankUpdate> {
  try {
    const rows = await cluster.history.list({limit: historyRows, signal})
    const ofBank = (entry: HistoryEntry) => entry.bank === bank && entry.action === 'update'
    const last = rows.find(ofBank) ?? (await cluster.history.list({limit: 0, signal})).find(ofBank)
    if (!last) {
      throw new BiomajError({
        code: 'bank_idle',
        message: `No update of ${bank} runs or waits, and the history knows of none`,
      })
    }
    const verdict = await lastVerdict(cluster, bank, {rows, last, signal})
    return {...(await reportVerdict(cluster, bank, verdict, {signal})), earlier: true}
  } catch (error) {
    if (signal.aborted || !(error instanceof BiomajError)) throw error
    return reportOf(bank, 'refused', {error, reason: error.message})
  }
}

/** Judges the last run as if somebody had waited for it: as far as status and log still are those of that run. */
async function lastVerdict(
  cluster: WatchedCluster,
  bank: string,
  {rows, last, signal}: {rows: readonly HistoryEntry[]; last: HistoryEntry; signal: AbortSignal},
): Promise<Verdict> {
  const before = {logFile: null, history: new Set(rows.filter(row => row !== last).map(keyOf))}
  const evidence = await new EvidenceLook(cluster, {signal}).of(bank, before)
  // A request that was refused at its first step marks that step, and leaves the log of the run before.
  const refusedAtOnce = evidence.run.steps.some(({step, state}) => step === 'init' && state === 'failed')
  const verdict = refusedAtOnce
    ? undefined
    : new RunTracker(bank, before, 'accepted').judge({...evidence, newUpdates: [last], complete: true}, 0)
  if (verdict) return verdict
  return {
    outcome: last.error ? 'failed' : last.updated ? 'updated' : 'up_to_date',
    release: undefined,
    step: refusedAtOnce ? 'init' : undefined,
    subStep: undefined,
    process: undefined,
    processErrors: undefined,
    reason: undefined,
    logLines: [],
    entry: last,
  }
}
