import type {BiomajClient} from '../api/client.js'
import type {BankDetail} from '../api/contract/bank.js'
import type {Activity, Locks} from '../api/contract/daemon.js'
import type {BankRun} from '../api/contract/run.js'
import {type UpdateStep, updateSteps} from '../api/contract/steps.js'
import type {UpdateOptions} from '../api/resources/banks.js'
import type {RequestOptions} from '../api/transport.js'
import {BiomajError} from '../shared/errors.js'

/** What the cluster does with a bank at the moment of the request. */
export type BankSituation = 'idle' | 'queued' | 'running'

/** Facts about the whole cluster, read once for any number of banks. */
export interface ClusterFacts {
  maintenance: boolean
  activity: Activity
  /** Undefined when this cluster does not tell. */
  locks: Locks | undefined
}

export async function readClusterFacts(cluster: BiomajClient, options: RequestOptions): Promise<ClusterFacts> {
  const [maintenance, activity, locks] = await Promise.all([
    cluster.daemon.maintenance(options),
    cluster.daemon.activity(options),
    optional(cluster.daemon.locks(options)),
  ])
  return {maintenance, activity, locks}
}

/**
 * Makes sure that an update would be carried out. The daemon answers "sent" to requests that it drops later without
 * a word: from somebody who is not the owner, in maintenance, for an unknown release, after a failed step.
 *
 * @throws {BiomajError} the reason why it would not
 */
export async function checkUpdate(
  cluster: BiomajClient,
  bank: string,
  {update, facts, signal}: {update: UpdateOptions; facts: ClusterFacts; signal: AbortSignal},
): Promise<BankSituation> {
  // In this order: of an unknown bank only the first tells that it is unknown.
  const run = await cluster.banks.run(bank, {signal})
  await requireOwner(cluster, bank, {signal})
  if (facts.maintenance) {
    throw new BiomajError({code: 'maintenance', message: 'The cluster is in maintenance and starts no updates'})
  }
  const situation = situationOf(facts.activity, bank)
  if (situation === 'idle' && facts.locks?.banks.includes(bank) === true) {
    const after = await readClusterFacts(cluster, {signal})
    if (situationOf(after.activity, bank) === 'idle' && after.locks?.banks.includes(bank) === true) {
      throw new BiomajError({
        code: 'bank_locked',
        message: `${bank} is locked although nothing works on it: a run died and left its lock`,
        hint: 'Its owner can repair the bank (biomaj-cli.py --repair), which removes the lock.',
      })
    }
  }
  if (update.release !== undefined) requireRelease(await cluster.banks.get(bank, {signal}), update.release)
  else if (update.fromTask !== undefined && situation === 'idle') requireStepsBefore(run, bank, update.fromTask)
  return situation
}

export function situationOf(activity: Activity, bank: string): BankSituation {
  if (activity.daemons.some(daemon => daemon.bank === bank)) return 'running'
  return activity.waiting.includes(bank) ? 'queued' : 'idle'
}

/**
 * Makes sure that the caller may change a bank. The daemon checks this for an update only after it said "sent", and
 * for a cancel not at all.
 *
 * @throws {BiomajError} `login_required`, `key_invalid`, `forbidden`, `bank_not_found`
 */
export async function requireOwner(cluster: BiomajClient, bank: string, options: RequestOptions): Promise<void> {
  const owns = await ownsIfKnown(cluster, bank, options)
  if (owns !== false) return
  const key = await cluster.account.keyState(options)
  if (key === 'none') throw new BiomajError({code: 'login_required', message: `Changing ${bank} needs an API key`})
  if (key === 'invalid') throw new BiomajError({code: 'key_invalid', message: 'The cluster does not know your API key'})
  throw new BiomajError({code: 'forbidden', message: `You are not the owner of ${bank}`})
}

/** Daemons before 3.0.18 have no such route; there the daemon itself has the last word. */
async function ownsIfKnown(cluster: BiomajClient, bank: string, options: RequestOptions): Promise<boolean | undefined> {
  try {
    return await cluster.banks.owns(bank, options)
  } catch (error) {
    if (error instanceof BiomajError && error.code === 'protocol' && error.details?.['status'] === 404) return undefined
    throw error
  }
}

function requireRelease({name, releases}: BankDetail, wanted: string): void {
  const known = releases.some(({release, directory}) => release === wanted || directory.split('/').at(-1) === wanted)
  if (known) return
  const names = releases.map(({release}) => release)
  throw new BiomajError({
    code: 'release_not_found',
    message: `${name} has no release ${wanted} in production`,
    hint: names.length === 0 ? 'It has none at all.' : `It has: ${names.slice(-5).join(', ')}.`,
  })
}

function requireStepsBefore(run: BankRun, bank: string, fromTask: UpdateStep): void {
  if (run.session === null) {
    throw new BiomajError({
      code: 'refused',
      message: `${bank} never ran: there is no step to start again at`,
      hint: 'Leave --from-task out.',
    })
  }
  const earlier: ReadonlySet<UpdateStep> = new Set(updateSteps.slice(0, updateSteps.indexOf(fromTask)))
  const missing = run.steps.find(({step, state}) => earlier.has(step) && (state === 'failed' || state === 'waiting'))
  if (missing) {
    throw new BiomajError({
      code: 'refused',
      message: `${bank} cannot start again at ${fromTask}: its last run did not get through ${missing.step}`,
      hint: `Start at that step: --from-task ${missing.step}.`,
    })
  }
}

async function optional<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise
  } catch (error) {
    if (
      error instanceof BiomajError &&
      (error.code === 'protocol' || error.code === 'refused' || error.code === 'server_error')
    )
      return undefined
    throw error
  }
}
