import type {BiomajClient} from '../../api/client.js'
import type {KeyState} from '../../api/contract/account.js'
import type {Locks} from '../../api/contract/daemon.js'
import type {Caller, Job} from '../../api/contract/job.js'
import type {RequestOptions} from '../../api/transport.js'
import {heldLocks, type LockReport} from './locks.js'
import {mapPart, type Part, readPart} from './part.js'

interface Request extends RequestOptions {
  signal: AbortSignal
}

// Each of these is read in BioMAJ's way where the cluster has no better one, and where that one fails.

/** Either what holds the locks, or the bare list of them. */
export interface Locking {
  maintenance: Part<boolean>
  held?: LockReport | undefined
  listed?: Part<Locks> | undefined
}

export async function readLocking(
  cluster: BiomajClient,
  capabilities: Promise<ReadonlySet<string>>,
  request: Request,
): Promise<Locking> {
  if ((await capabilities).has('locks')) {
    const told = await readPart(cluster.additions.locks(request), request.signal)
    if (told.available) {
      return {held: heldLocks(told.value), maintenance: mapPart(told, ({maintenance}) => maintenance !== null)}
    }
  }
  const listed = await readPart(cluster.daemon.locks(request), request.signal)
  // The listing of locks has the one of maintenance too; where it cannot be read, maintenance has a route of its own.
  const maintenance = listed.available
    ? mapPart(listed, ({maintenance: on}) => on)
    : await readPart(cluster.daemon.maintenance(request), request.signal)
  return {listed, maintenance}
}

/** Whether the key is good and, where the cluster tells it, whose it is. */
export async function readKey(
  cluster: BiomajClient,
  capabilities: Promise<ReadonlySet<string>>,
  request: Request,
): Promise<{key: Part<KeyState>; caller?: Part<Caller['user']>}> {
  if ((await capabilities).has('whoami')) {
    const told = await readPart(cluster.additions.whoAmI(request), request.signal)
    if (told.available) return {key: mapPart(told, keyStateOf), caller: mapPart(told, ({user}) => user)}
  }
  return {key: await readPart(cluster.account.keyState(request), request.signal)}
}

function keyStateOf({keyGiven, keyKnown}: Caller): KeyState {
  if (!keyGiven) return 'none'
  return keyKnown ? 'valid' : 'invalid'
}

const mostJobs = 200

/** What waits or runs, newest first; undefined where the cluster names no jobs. */
export async function readOpenJobs(
  cluster: BiomajClient,
  capabilities: Promise<ReadonlySet<string>>,
  request: Request,
): Promise<Part<Job[]> | undefined> {
  if (!(await capabilities).has('jobs')) return undefined
  const reading = cluster.additions.jobs({states: ['queued', 'running'], limit: mostJobs}, request)
  return readPart(reading, request.signal)
}
