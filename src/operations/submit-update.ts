import type {BiomajClient} from '../api/client.js'
import type {BankRun} from '../api/contract/run.js'
import type {UpdateOptions} from '../api/resources/banks.js'
import {interruptionOf, valueOrError} from '../shared/abort.js'
import type {Clock} from '../shared/clock.js'
import {BiomajError} from '../shared/errors.js'
import {readCapabilities} from './capabilities.js'
import {mayHaveArrived} from './lost-answer.js'
import {mapConcurrently} from './map-concurrently.js'
import {checkUpdate, stepsMissingBefore} from './preflight.js'
import {type ClusterWork, isLeftLocked, readWork, type Situation, situationOf} from './situation.js'
import {activityOf, type Baseline, baselineOf, historyRows, newUpdates} from './wait/evidence.js'
import {suggestBank} from './suggest-bank.js'
import {openUpdateJob} from './wait/open-job.js'
import type {AwaitedRun} from './wait/wait-for-runs.js'

/** What became of the request for one bank. A request that was sent says nothing yet about the update. */
export type Submission =
  | {bank: string; state: 'sent'; awaited: AwaitedRun}
  /** An update was under way already. */
  | {bank: string; state: 'joined'; situation: 'queued' | 'running'; awaited: AwaitedRun}
  /** The answer was lost, so the cluster may or may not have the request. It is not sent again. */
  | {bank: string; state: 'unknown'; awaited: AwaitedRun; error: BiomajError}
  | {bank: string; state: 'refused'; error: BiomajError}

export interface SubmitOptions {
  update: UpdateOptions
  /** An update that waits or runs already is joined; false makes it an error. */
  joinRunning: boolean
  signal: AbortSignal
  clock: Clock
  /** What is going on, for people. */
  onProgress?: ((text: string) => void) | undefined
}

const proofLooks = 5
const proofDelayMs = 1500
const checkedTogether = 6

/**
 * Requests updates, one request for each bank and each at most once. One bank's failure does not keep the others
 * from being asked for. After a Ctrl-C in the middle, the banks that were not asked for are refused with it.
 *
 * @throws {BiomajError} only while nothing was sent, for what concerns all banks: a cluster that cannot be reached
 */
export async function submitUpdates(
  cluster: BiomajClient,
  banks: readonly string[],
  options: SubmitOptions,
): Promise<Submission[]> {
  const submissions: Submission[] = []
  for (let next = 0; next < banks.length; next += checkedTogether) {
    const some = banks.slice(next, next + checkedTogether)
    try {
      submissions.push(...(await submitSome(cluster, some, options)))
    } catch (error) {
      if (submissions.length === 0 || !(error instanceof BiomajError)) throw error
      submissions.push(...some.map(bank => ({bank, state: 'refused', error}) as const))
    }
  }
  return submissions
}

/** Checks these banks at the same time, and asks for them in turn, so that the queue gets them in the user's order. */
async function submitSome(
  cluster: BiomajClient,
  banks: readonly string[],
  options: SubmitOptions,
): Promise<Submission[]> {
  const {update, signal, clock, onProgress} = options
  onProgress?.(`checking ${banks.join(', ')}`)
  await readCapabilities(cluster, {signal})
  // The baselines before the daemon's activity: a run that ends in between is then new to them, and not missed.
  const history = await cluster.history.list({limit: historyRows, signal})
  const checks = await mapConcurrently(banks, async bank => ({
    bank,
    checked: await valueOrError(checkUpdate(cluster, bank, {update, signal}), signal),
  }))
  const maintenance = await cluster.daemon.maintenance({signal})
  const work = await readWork(cluster, banks, {signal, clock})
  const submissions: Submission[] = []
  for (const {bank, checked} of checks) {
    const run =
      checked instanceof BiomajError ? checked : (obstacle(bank, checked, {maintenance, work, options}) ?? checked)
    if (run instanceof BiomajError) {
      submissions.push({bank, state: 'refused', error: await suggestBank(cluster, {bank, error: run}, {signal})})
      continue
    }
    const baseline = baselineOf(run, history)
    const {state} = situationOf(work, bank, run)
    if (state === 'queued' || state === 'running') {
      const job = await openUpdateJob(cluster, bank, {signal})
      const awaited: AwaitedRun = {bank, baseline: joined(baseline, state), request: 'accepted', ...job}
      submissions.push({bank, state: 'joined', situation: state, awaited})
    } else {
      onProgress?.(`asking for ${bank}`)
      submissions.push(await send(cluster, {bank, baseline}, options))
    }
  }
  return submissions
}

/** The runs to wait for. After a Ctrl-C in the middle of it what is unknown stays unknown. */
export function awaitedOf(submissions: readonly Submission[], signal: AbortSignal): AwaitedRun[] {
  return submissions.flatMap(submission => {
    if (submission.state === 'refused' || (submission.state === 'unknown' && signal.aborted)) return []
    return [submission.awaited]
  })
}

interface Moment {
  maintenance: boolean
  work: ClusterWork
  options: SubmitOptions
}

/** What the state of the moment has against a request that is good in itself. */
function obstacle(bank: string, run: BankRun, {maintenance, work, options}: Moment): BiomajError | undefined {
  if (maintenance) {
    return new BiomajError({code: 'maintenance', message: 'The cluster is in maintenance and starts no updates'})
  }
  const {fromTask, release} = options.update
  const situation = situationOf(work, bank, run)
  if (situation.state !== 'idle') return againstJoining(bank, situation, options)
  if (isLeftLocked(work, bank)) {
    return new BiomajError({
      code: 'bank_locked',
      message: `${bank} is locked although no daemon works on it: a run died and left its lock`,
      hint: `Repair it, which removes the lock: in \`biomaj dashboard\`, or with \`biomaj-cli.py --repair --bank ${bank}\`.`,
    })
  }
  return fromTask === undefined || release !== undefined ? undefined : stepsMissingBefore(fromTask, bank, run)
}

/** An update that is under way can be waited for, if it is what was asked for. */
function againstJoining(
  bank: string,
  situation: Exclude<Situation, {state: 'idle'}>,
  {update, joinRunning}: SubmitOptions,
): BiomajError | undefined {
  if (situation.state === 'busy') {
    return new BiomajError({
      code: 'bank_busy',
      message: situation.queued ? `A ${situation.action} of ${bank} waits` : `${bank} is at work (${situation.action})`,
      hint: 'Ask again when it is over; `biomaj queue` shows it.',
    })
  }
  const plain = Object.values(update).every(value => value === undefined || value === false)
  if (plain && joinRunning) return undefined
  const where = situation.state === 'running' ? 'runs' : 'waits in the queue'
  return new BiomajError({
    code: 'bank_busy',
    message: `An update of ${bank} ${where} already${plain ? '' : ', without your options'}`,
    hint: `Wait for it with \`biomaj wait --bank ${bank}\`, then ask again.`,
  })
}

/** The baseline of a run that is under way: its log file is the current one, so any log file proves that it started. */
export function joined(baseline: Baseline, situation: 'queued' | 'running'): Baseline {
  return situation === 'running' ? {...baseline, logFile: null} : baseline
}

interface Request {
  bank: string
  baseline: Baseline
}

async function send(cluster: BiomajClient, {bank, baseline}: Request, options: SubmitOptions): Promise<Submission> {
  const {signal, update} = options
  // Ctrl-C before the request left: certain that nothing was sent.
  if (signal.aborted) return {bank, state: 'refused', error: interruptionOf(signal)}
  try {
    const answer = await cluster.banks.update(bank, update, {signal})
    return {bank, state: 'sent', awaited: {bank, baseline, request: 'accepted', ...answer}}
  } catch (error) {
    if (signal.aborted) return unknown({bank, baseline}, interruptionOf(signal))
    if (!(error instanceof BiomajError)) throw error
    if (!mayHaveArrived(error)) return {bank, state: 'refused', error}
    return findTrace(cluster, {bank, baseline}, {...options, error})
  }
}

/** Looks for what a request whose answer was lost has left, instead of sending it again. */
async function findTrace(
  cluster: BiomajClient,
  {bank, baseline}: Request,
  {signal, clock, onProgress, error}: SubmitOptions & {error: BiomajError},
): Promise<Submission> {
  onProgress?.(`no answer to the request for ${bank}: looking whether it arrived`)
  try {
    for (let look = 0; look < proofLooks; look++) {
      await clock.sleep(proofDelayMs, signal)
      if (await leftTrace(cluster, {bank, baseline}, signal)) {
        return {bank, state: 'sent', awaited: {bank, baseline, request: 'accepted'}}
      }
    }
  } catch (failure) {
    if (!signal.aborted) throw failure
    return unknown({bank, baseline}, interruptionOf(signal))
  }
  return unknown({bank, baseline}, error)
}

async function leftTrace(cluster: BiomajClient, {bank, baseline}: Request, signal: AbortSignal): Promise<boolean> {
  try {
    const {position, action} = activityOf(await cluster.daemon.activity({signal}), bank)
    if (position !== undefined || action === 'update') return true
    const [run, history] = await Promise.all([
      cluster.banks.run(bank, {signal}),
      cluster.history.list({limit: historyRows, signal}),
    ])
    return run.logFile !== baseline.logFile || newUpdates(bank, history, baseline).length > 0
  } catch (failure) {
    // Still no answer: look again.
    if (!signal.aborted && failure instanceof BiomajError) return false
    throw failure
  }
}

function unknown({bank, baseline}: Request, cause: BiomajError): Submission {
  const {code} = cause
  const interrupted = code === 'interrupted' || code === 'terminated'
  return {
    bank,
    state: 'unknown',
    awaited: {bank, baseline, request: 'unknown'},
    error: new BiomajError({
      code: interrupted ? code : 'outcome_unknown',
      message: interrupted
        ? `${cause.message} while the request for ${bank} was on its way; it may have arrived`
        : `The answer to the request for ${bank} was lost (${cause.message}); it was not sent again`,
      hint: `See \`biomaj status --bank ${bank}\` for whether it arrived.`,
      cause,
    }),
  }
}
