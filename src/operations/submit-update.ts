import type {BiomajClient} from '../api/client.js'
import type {UpdateOptions} from '../api/resources/banks.js'
import {BiomajError, type ErrorCode} from '../shared/errors.js'
import {type BankSituation, checkUpdate, type ClusterFacts, readClusterFacts, situationOf} from './preflight.js'
import {activityOf, type Baseline, keyOf, readBaseline, readEvidence} from './wait/evidence.js'
import type {AwaitedRun, Clock} from './wait/wait-for-runs.js'

/** What became of the request for one bank. A request that was sent says nothing yet about the update. */
export type Submission =
  | {bank: string; state: 'sent'; awaited: AwaitedRun}
  /** An update was under way already. */
  | {bank: string; state: 'joined'; situation: Exclude<BankSituation, 'idle'>; awaited: AwaitedRun}
  /** The answer was lost, so the cluster may or may not have the request. It is not sent again. */
  | {bank: string; state: 'unknown'; awaited: AwaitedRun; error: BiomajError}
  | {bank: string; state: 'refused'; error: BiomajError}

export interface SubmitOptions {
  update: UpdateOptions
  /** An update that waits or runs already is joined; false makes it an error. */
  joinRunning: boolean
  signal: AbortSignal
  clock: Clock
}

const lost: ReadonlySet<ErrorCode> = new Set([
  'unreachable',
  'timeout',
  'protocol',
  'server_error',
  'response_too_large',
])
const proofLooks = 5
const proofDelayMs = 1500

/**
 * Requests updates, one request for each bank and each at most once. One bank's failure does not keep the others
 * from being asked for.
 *
 * @throws {BiomajError} only for what concerns all banks, such as a cluster that cannot be reached
 */
export async function submitUpdates(
  cluster: BiomajClient,
  banks: readonly string[],
  options: SubmitOptions,
): Promise<Submission[]> {
  const facts = await readClusterFacts(cluster, {signal: options.signal})
  // In turn, so that the queue gets them in the order in which the user named them.
  const submissions: Submission[] = []
  for (const bank of banks) submissions.push(await submit(cluster, bank, facts, options))
  return submissions
}

async function submit(
  cluster: BiomajClient,
  bank: string,
  facts: ClusterFacts,
  options: SubmitOptions,
): Promise<Submission> {
  const {update, signal} = options
  let baseline: Baseline
  let situation: BankSituation
  try {
    situation = await checkUpdate(cluster, bank, {update, facts, signal})
    baseline = await readBaseline(cluster, bank, {signal})
    if (situation !== 'idle') return join(bank, situation, baseline, options)
  } catch (error) {
    return refused(bank, error, signal)
  }
  try {
    await cluster.banks.update(bank, update, {signal})
    return {bank, state: 'sent', awaited: {bank, baseline, request: 'accepted'}}
  } catch (error) {
    if (signal.aborted || !(error instanceof BiomajError)) throw error
    if (!lost.has(error.code)) return {bank, state: 'refused', error}
    return proven(cluster, {bank, baseline, error}, options)
  }
}

/** The bank is being updated already: one may wait for that, if it is what was asked for. */
function join(
  bank: string,
  situation: Exclude<BankSituation, 'idle'>,
  baseline: Baseline,
  {update, joinRunning}: SubmitOptions,
): Submission {
  const where = situation === 'running' ? 'is being worked on' : 'waits in the queue'
  const plain = Object.values(update).every(value => value === undefined || value === false)
  if (joinRunning && plain)
    return {
      bank,
      state: 'joined',
      situation,
      awaited: {bank, baseline: joined(baseline, situation), request: 'accepted'},
    }
  return {
    bank,
    state: 'refused',
    error: new BiomajError({
      code: 'bank_busy',
      message: plain ? `${bank} ${where} already` : `${bank} ${where} already, without your options`,
      hint: `Wait for it with \`biomaj wait --bank ${bank}\`, then ask again.`,
    }),
  }
}

/** The baseline of a run that is under way: its log file is the current one, so any log file proves that it started. */
export function joined(baseline: Baseline, situation: BankSituation): Baseline {
  return situation === 'running' ? {...baseline, logFile: null} : baseline
}

/** Looks for a trace of a request whose answer was lost, instead of sending it again. */
async function proven(
  cluster: BiomajClient,
  {bank, baseline, error}: {bank: string; baseline: Baseline; error: BiomajError},
  {signal, clock}: SubmitOptions,
): Promise<Submission> {
  for (let look = 0; look < proofLooks; look++) {
    await clock.sleep(proofDelayMs, signal)
    try {
      const activity = await cluster.daemon.activity({signal})
      const situation = situationOf(activity, bank)
      const {run, history} = await readEvidence(cluster, bank, {signal})
      const left = run.logFile !== baseline.logFile || history.some(entry => !baseline.history.has(keyOf(entry)))
      if (situation !== 'idle' || left || activityOf(activity, bank).position !== undefined) {
        return {bank, state: 'sent', awaited: {bank, baseline, request: 'accepted'}}
      }
    } catch (failure) {
      if (signal.aborted || !(failure instanceof BiomajError)) throw failure
      // Still no answer: look again.
    }
  }
  return {
    bank,
    state: 'unknown',
    awaited: {bank, baseline, request: 'unknown'},
    error: new BiomajError({
      code: 'outcome_unknown',
      message: `The answer to the request for ${bank} was lost (${error.message}); it was not sent again`,
      hint: `See \`biomaj status --bank ${bank}\` for whether it arrived.`,
      cause: error,
    }),
  }
}

function refused(bank: string, error: unknown, signal: AbortSignal): Submission {
  if (signal.aborted || !(error instanceof BiomajError)) throw error
  return {bank, state: 'refused', error}
}
