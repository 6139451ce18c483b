import type {BiomajClient} from '../api/client.js'
import type {Activity, Locks} from '../api/contract/daemon.js'
import type {BankRun} from '../api/contract/run.js'
import type {Clock} from '../shared/clock.js'
import {BiomajError} from '../shared/errors.js'

/** What the cluster does with a bank just now. */
export type Situation =
  | {state: 'idle'}
  /** An update, as is `running`. */
  | {state: 'queued'}
  | {state: 'running'}
  /** Something else: `remove`, `repair`. */
  | {state: 'busy'; action: string; queued: boolean}

/** What the daemons and the queue say, of all banks at one moment. */
export interface ClusterWork {
  activity: Activity
  /** Undefined when this cluster does not tell. */
  locks: Locks | undefined
}

const patienceMs = 1000
const looks = 3

/**
 * Reads what the cluster works on. A daemon that a request threw off goes on naming its bank until it takes the next
 * request: whether it really works there shows in the bank's lock, which a run takes a moment after its name appears.
 *
 * @param banks whose names without a lock are looked at again, for a few seconds
 */
export async function readWork(
  cluster: Pick<BiomajClient, 'daemon'>,
  banks: readonly string[],
  {signal, clock}: {signal: AbortSignal; clock: Clock},
): Promise<ClusterWork> {
  for (let look = 1; ; look++) {
    const [activity, locks] = await Promise.all([
      cluster.daemon.activity({signal}),
      optional(cluster.daemon.locks({signal})),
    ])
    const isDoubtful = (bank: string) => {
      const named = activity.daemons.some(daemon => daemon.bank === bank)
      return locks !== undefined && named !== locks.banks.includes(bank)
    }
    const doubtful = banks.filter(bank => isDoubtful(bank))
    if (doubtful.length === 0) return {activity, locks}
    if (look === looks) {
      const thrownOff = (bank: string | undefined) =>
        bank !== undefined && doubtful.includes(bank) && locks?.banks.includes(bank) === false
      const daemons = activity.daemons.map(({daemon, ...work}) => (thrownOff(work.bank) ? {daemon} : {daemon, ...work}))
      return {activity: {...activity, daemons}, locks}
    }
    await clock.sleep(patienceMs, signal)
  }
}

/** @param run tells updates from removals among the requests that wait; a repair looks like an update */
export function situationOf({activity}: ClusterWork, bank: string, run: Pick<BankRun, 'requests'>): Situation {
  const action = activity.daemons.find(daemon => daemon.bank === bank)?.action
  if (action === 'update') return {state: 'running'}
  if (action !== undefined) return {state: 'busy', action, queued: false}
  if (!activity.waiting.includes(bank)) return {state: 'idle'}
  const [first] = run.requests
  if (first === undefined || run.requests.some(request => /^update/i.test(request.action))) return {state: 'queued'}
  return {state: 'busy', action: 'removal', queued: true}
}

/** Locked, and no daemon works on it. */
export function isLeftLocked({activity, locks}: ClusterWork, bank: string): boolean {
  return locks?.banks.includes(bank) === true && !activity.daemons.some(daemon => daemon.bank === bank)
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
