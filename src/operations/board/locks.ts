import type {Activity, Locks} from '../../api/contract/daemon.js'
import type {LockList} from '../../api/contract/job.js'
import type {Part} from './part.js'

/**
 * `working`: a daemon is at work on the bank. `dependency`: none is, but an update is at its depends step, where
 * BioMAJ locks and updates other banks without naming them. `stale`: nothing explains the lock. `unknown`: the
 * cluster did not tell what its daemons do.
 */
export type LockState = 'working' | 'dependency' | 'stale' | 'unknown'

export interface BankLock {
  bank: string
  state: LockState
  /** What holds it, for whom and since when (RFC 3339), where the cluster tells (capability `locks`). */
  action?: string
  owner?: string
  since?: string
}

export interface LockReport {
  locks: BankLock[]
  /** Banks that a daemon shows as being updated although they hold no lock, as after an exception in the daemon. */
  runningWithoutLock: string[]
}

/** Banks whose lock and activity disagree. */
export interface Suspects {
  locked: ReadonlySet<string>
  running: ReadonlySet<string>
}

/**
 * Where locks and activity disagree. They are read at different instants, so one look proves nothing: a run that
 * ends in between looks like a lock left behind.
 */
export function suspectsOf(activity: Activity, {banks}: Locks): Suspects {
  const atWork = new Set(activity.daemons.flatMap(({bank}) => (bank === undefined ? [] : [bank])))
  // A repair and the removal of a whole bank work without a lock.
  const updating = activity.daemons.flatMap(({bank, action}) =>
    bank !== undefined && action === 'update' ? [bank] : [],
  )
  return {
    locked: new Set(banks.filter(bank => !atWork.has(bank))),
    running: new Set(updating.filter(bank => !banks.includes(bank))),
  }
}

export function areSuspect({locked, running}: Suspects): boolean {
  return locked.size + running.size > 0
}

/** Those that two looks, a moment apart, both suspect. */
export function confirmed(first: Suspects, second: Suspects): Suspects {
  return {locked: inBoth(first.locked, second.locked), running: inBoth(first.running, second.running)}
}

function inBoth(first: ReadonlySet<string>, second: ReadonlySet<string>): Set<string> {
  return new Set([...first].filter(bank => second.has(bank)))
}

export interface LockFindings {
  locks: Part<Locks>
  /** Undefined when what the daemons do is unknown. */
  suspects: Suspects | undefined
  /** Some update is at its depends step. */
  updatesDependencies: boolean
}

export function lockReport({locks, suspects, updatesDependencies}: LockFindings): Part<LockReport> {
  if (!locks.available) return locks
  const stateOf = (bank: string): LockState => {
    if (suspects === undefined) return 'unknown'
    if (!suspects.locked.has(bank)) return 'working'
    return updatesDependencies ? 'dependency' : 'stale'
  }
  return {
    available: true,
    value: {
      locks: locks.value.banks.toSorted().map(bank => ({bank, state: stateOf(bank)})),
      runningWithoutLock: [...(suspects?.running ?? [])].toSorted(),
    },
  }
}

/**
 * The locks of a cluster that tells who holds them. There each belongs to a job under a lease, which ends with the worker
 * that held it, so none of them is left behind.
 */
export function heldLocks({locks}: LockList): LockReport {
  return {
    locks: locks
      .map(({bank, action, owner, since}) => ({bank, state: 'working' as const, action, owner, since}))
      .toSorted((a, b) => (a.bank < b.bank ? -1 : 1)),
    runningWithoutLock: [],
  }
}
