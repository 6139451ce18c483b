import type {BiomajClient} from '../../api/client.js'
import type {KeyState} from '../../api/contract/account.js'
import type {BankSummary} from '../../api/contract/bank.js'
import type {Activity, DaemonActivity, Locks, Service} from '../../api/contract/daemon.js'
import type {Caller, Job} from '../../api/contract/job.js'
import type {UpdateStep} from '../../api/contract/steps.js'
import type {RequestOptions} from '../../api/transport.js'
import type {Clock} from '../../shared/clock.js'
import {readCancelledBanks} from './cancelled-banks.js'
import {type LockReport, areSuspect, confirmed, lockReport, type Suspects, suspectsOf} from './locks.js'
import {mapPart, type Part, readPart, requireSome, valueOf} from './part.js'
import {withoutCredentials} from './services.js'
import {type Locking, readKey, readLocking, readOpenJobs} from './told.js'
import {currentStep} from '../current-step.js'
import {readCapabilities} from '../capabilities.js'
import {mapConcurrently} from '../map-concurrently.js'

/** What a message daemon does; null stands for idle. */
export interface DaemonState {
  daemon: string
  bank: string | null
  action: string | null
  /** Step of the update at work; null also when the cluster did not tell. */
  step: UpdateStep | null
}

/** What the cluster does with a bank now. */
export type BankWork = 'waiting' | 'update' | 'remove' | 'repair'

export interface BoardBank extends BankSummary {
  /** Null when the cluster did not tell. */
  failed: boolean | null
  /** It failed because somebody cancelled it; absent where the cluster does not tell. */
  cancelled?: true
  work: BankWork | null
}

/** A whole cluster on one screen. Each part fails apart. Also the JSON document of `biomaj status`. */
export interface ClusterBoard {
  services: Part<Service[]>
  maintenance: Part<boolean>
  queue: Part<{depth: number; waiting: string[]}>
  daemons: Part<DaemonState[]>
  locks: Part<LockReport>
  banks: Part<BoardBank[]>
  /** Whether the cluster knows the caller's key; without a good one private banks are missing. */
  key: Part<KeyState>
  /** Whose key it is, null for nobody; absent where the cluster does not tell (capability `whoami`). */
  caller?: Part<Caller['user']>
  /** Updates, removals and repairs that wait or run, newest first; absent where the cluster does not tell (`jobs`). */
  jobs?: Part<Job[]>
}

export interface BoardOptions {
  signal: AbortSignal
  clock: Pick<Clock, 'sleep'>
  /** Attempts of each read; 1 for callers that poll. */
  attempts?: number | undefined
}

// Longer than BioMAJ takes between the end of a run and its lock, or the start of one and its lock.
const secondLookMs = 1000

/**
 * Reads everything at once; whatever cannot be read is a missing part.
 *
 * @throws {BiomajError} the first reason, when nothing could be read
 */
export async function readBoard(cluster: BiomajClient, options: BoardOptions): Promise<ClusterBoard> {
  const {signal} = options
  const request = {signal, attempts: options.attempts}
  const read = async <T>(reading: Promise<T>) => readPart(reading, signal)
  const capabilities = readCapabilities(cluster, request)
  const learnt = async <T>(ask: () => Promise<T>) => read(capabilities.then(ask))
  const [services, activity, {maintenance, held, listed}, list, failed, {key, caller}, jobs] = await Promise.all([
    read(cluster.daemon.services(request)),
    learnt(async () => cluster.daemon.activity(request)),
    readLocking(cluster, capabilities, request),
    read(cluster.banks.list(request)),
    read(cluster.banks.failed(request)),
    readKey(cluster, capabilities, request),
    readOpenJobs(cluster, capabilities, request),
  ])
  requireSome([
    services,
    maintenance,
    activity,
    ...(listed === undefined ? [] : [listed]),
    list,
    failed,
    ...(key.available && key.value === 'none' ? [] : [key]),
  ])
  const [cancelled, daemons, suspects] = await Promise.all([
    readCancelledBanks(cluster, {capabilities: await capabilities, failed}, request),
    readDaemons(cluster, valueOf(activity)?.daemons ?? [], request),
    suspectsAfterSecondLook(cluster, {activity: valueOf(activity), locks: listed && valueOf(listed)}, options),
  ])
  return {
    services: mapPart(services, withoutCredentials),
    maintenance,
    queue: mapPart(activity, ({queueDepth, waiting}) => ({depth: queueDepth, waiting})),
    daemons: mapPart(activity, () => daemons),
    locks: locksPart({held, listed, suspects, daemons}),
    banks: mapPart(list, banks =>
      boardBanks(banks, {failed: valueOf(failed), activity: valueOf(activity), ghosts: suspects?.running, cancelled}),
    ),
    key,
    ...(caller === undefined ? {} : {caller}),
    ...(jobs === undefined ? {} : {jobs}),
  }
}

function locksPart({
  held,
  listed,
  suspects,
  daemons,
}: Pick<Locking, 'held' | 'listed'> & {
  suspects: Suspects | undefined
  daemons: readonly DaemonState[]
}): Part<LockReport> {
  if (held) return {available: true, value: held}
  const locks = listed ?? {available: true, value: {banks: [], maintenance: false}}
  return lockReport({locks, suspects, updatesDependencies: daemons.some(({step}) => step === 'depends')})
}

/** What each daemon does, with the step that its update is at. */
export async function readDaemons(
  cluster: BiomajClient,
  daemons: readonly DaemonActivity[],
  request: RequestOptions & {signal: AbortSignal},
): Promise<DaemonState[]> {
  return mapConcurrently(daemons, async ({daemon, bank = null, action = null}) => {
    if (bank === null || action !== 'update') return {daemon, bank, action, step: null}
    // The step is an extra: without it the row still tells what matters.
    const run = await readPart(cluster.banks.run(bank, request), request.signal)
    return {daemon, bank, action, step: run.available ? (currentStep(run.value, true)?.step ?? null) : null}
  })
}

/** Looks again before it believes that locks and activity disagree. */
async function suspectsAfterSecondLook(
  cluster: BiomajClient,
  {activity, locks}: {activity: Activity | undefined; locks: Locks | undefined},
  {signal, clock, attempts}: BoardOptions,
): Promise<Suspects | undefined> {
  if (!activity || !locks) return undefined
  const first = suspectsOf(activity, locks)
  if (!areSuspect(first)) return first
  await clock.sleep(secondLookMs, signal)
  const [activityNow, locksNow] = await Promise.all([
    readPart(cluster.daemon.activity({signal, attempts}), signal),
    readPart(cluster.daemon.locks({signal, attempts}), signal),
  ])
  if (!activityNow.available || !locksNow.available) return undefined
  return confirmed(first, suspectsOf(activityNow.value, locksNow.value))
}

interface BankFacts {
  failed: readonly string[] | undefined
  activity: Activity | undefined
  /** Banks that are only shown as running. */
  ghosts?: ReadonlySet<string> | undefined
  /** Banks whose last run was cancelled. */
  cancelled?: ReadonlySet<string> | undefined
}

/** Banks by name, with what the cluster does with them. */
export function boardBanks(
  banks: readonly BankSummary[],
  {failed, activity, ghosts, cancelled}: BankFacts,
): BoardBank[] {
  const failedBanks = new Set(failed)
  return banks
    .map(bank => {
      const work = workOn(bank.name, activity)
      const atWork = work !== null && work !== 'waiting' && ghosts?.has(bank.name) !== true
      return {
        ...bank,
        // The daemon counts a bank whose run is not over as failed, also while it runs.
        failed: failed === undefined ? null : failedBanks.has(bank.name) && !atWork,
        ...(cancelled?.has(bank.name) === true && !atWork ? {cancelled: true as const} : {}),
        work: atWork || work === 'waiting' ? work : null,
      }
    })
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

function workOn(bank: string, activity: Activity | undefined): BankWork | null {
  const action = activity?.daemons.find(daemon => daemon.bank === bank)?.action
  if (action === 'update' || action === 'remove' || action === 'repair') return action
  return activity?.waiting.includes(bank) === true ? 'waiting' : null
}
