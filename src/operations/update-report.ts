import type {BankDetail, HistoryEntry} from '../api/contract/bank.js'
import type {UpdateStep} from '../api/contract/steps.js'
import type {RequestOptions} from '../api/transport.js'
import {BiomajError} from '../shared/errors.js'
import type {Submission} from './submit-update.js'
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
  reason: string | null
  /** Errors out of the bank's log, oldest first. */
  logLines: string[]
  /** RFC 3339, UTC. */
  startedAt: string | null
  endedAt: string | null
  /** Why the watch ended without a verdict. */
  watchEnded: 'timeout' | 'interrupted' | 'outage' | null
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
    reason: null,
    logLines: [],
    startedAt: null,
    endedAt: null,
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
  if (result.outcome === 'running') return reportOf(bank, 'running', {watchEnded: result.why})
  if (result.outcome === 'unknown') {
    const watchEnded = result.why === 'outage' ? 'outage' : null
    return reportOf(bank, 'unknown', {watchEnded, error: result.error, reason: result.error.message})
  }
  const {outcome, entry, step, subStep, process, reason, logLines} = result
  const found =
    outcome === 'updated' || outcome === 'up_to_date'
      ? await findRelease(cluster, bank, result.release, options)
      : undefined
  return reportOf(bank, outcome, {
    release: found?.release ?? result.release ?? null,
    published: found?.published ?? null,
    step: step ?? null,
    subStep: outcome === 'failed' ? (subStep ?? null) : null,
    process: outcome === 'failed' ? (process ?? null) : null,
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
    // New releases are appended. The log's name lacks the `__1` that the same remote release gets when made again.
    const newest = releases.at(-1)
    if (named === undefined || newest?.release.startsWith(named)) return newest
    return releases.find(({release}) => release === named)
  } catch (error) {
    if (error instanceof BiomajError) return undefined
    throw error
  }
}

/** The report on a bank at which nothing runs: how its last update ended. */
export async function reportLast(
  cluster: ReleaseReader,
  bank: string,
  last: HistoryEntry | undefined,
  options: RequestOptions,
): Promise<BankUpdate> {
  if (!last) {
    const error = new BiomajError({
      code: 'bank_idle',
      message: `Nothing runs or waits for ${bank}, and the history knows of no update`,
    })
    return reportOf(bank, 'refused', {error, reason: error.message})
  }
  const found = last.error ? undefined : await findRelease(cluster, bank, undefined, options)
  const outcome = last.error ? 'failed' : last.updated ? 'updated' : 'up_to_date'
  return reportOf(bank, outcome, {
    release: found?.release ?? null,
    published: found?.published ?? null,
    reason: 'nothing runs now; this is the last update',
    startedAt: last.start,
    endedAt: last.end,
  })
}
