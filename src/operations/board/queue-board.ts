import type {BiomajClient} from '../../api/client.js'
import type {PendingRequest} from '../../api/contract/run.js'
import {readPart} from './part.js'
import {type DaemonState, readDaemons} from './cluster-board.js'
import {readCapabilities} from '../capabilities.js'
import {mapConcurrently} from '../map-concurrently.js'

/** A request that waits. */
export interface QueuedRequest {
  /** 1 is the next to run. */
  position: number
  bank: string
  /** Null for what the daemon does not tell, such as a repair. */
  action: 'update' | 'remove' | null
  /** Release to remove; null also when all of the bank goes. */
  release: string | null
  /** RFC 3339, UTC. */
  requestedAt: string | null
}

/** Also the JSON document of `biomaj queue`. */
export interface QueueBoard {
  /** Requests that wait; may exceed `waiting` by requests that name no bank. */
  depth: number
  waiting: QueuedRequest[]
  daemons: DaemonState[]
}

/** What waits, the next to run first, and what each daemon does. */
export async function readQueue(cluster: BiomajClient, request: {signal: AbortSignal}): Promise<QueueBoard> {
  await readCapabilities(cluster, request)
  const {queueDepth, waiting, daemons} = await cluster.daemon.activity(request)
  const banks = [...new Set(waiting)]
  const [states, requests] = await Promise.all([
    readDaemons(cluster, daemons, request),
    // Which action and since when is an extra: without it the row still tells what matters.
    mapConcurrently(banks, async bank => readPart(cluster.banks.run(bank, request), request.signal)),
  ])
  const known = new Map(
    banks.map((bank, index) => {
      const run = requests[index]
      return [bank, run?.available === true ? run.value.requests : []]
    }),
  )
  return {depth: queueDepth, waiting: queued(waiting, known), daemons: states}
}

/** Fits each bank's requests to its places in the queue, where both tell of the same number. */
function queued(waiting: readonly string[], known: ReadonlyMap<string, PendingRequest[]>): QueuedRequest[] {
  const places = Map.groupBy(waiting.keys(), index => waiting[index] ?? '')
  return waiting.map((bank, index) => {
    const own = places.get(bank) ?? []
    const requests = known.get(bank) ?? []
    // The daemon lists a bank's requests newest first, as it does the queue.
    const request = requests.length === own.length ? requests.at(-1 - own.indexOf(index)) : undefined
    return {position: index + 1, bank, ...actionOf(request), requestedAt: request?.requestedAt ?? null}
  })
}

/** The daemon says `Update`, `Removal - release 2026`, and `Removal - release None` when all of the bank goes. */
function actionOf(request: PendingRequest | undefined): Pick<QueuedRequest, 'action' | 'release'> {
  if (request?.action === 'Update') return {action: 'update', release: null}
  const release = /^Removal - release (.+)$/.exec(request?.action ?? '')?.[1]
  if (release === undefined) return {action: null, release: null}
  return {action: 'remove', release: release === 'None' ? null : release}
}
