import type {BiomajClient} from '../../api/client.js'
import type {BankDetail, BankSummary, HistoryEntry} from '../../api/contract/bank.js'
import type {Activity} from '../../api/contract/daemon.js'
import type {BankRun, PendingRequest} from '../../api/contract/run.js'
import type {UpdateStep} from '../../api/contract/steps.js'
import {BiomajError} from '../../shared/errors.js'
import {mapPart, type Part, type PartError, readPart, valueOf} from './part.js'
import {currentStep} from '../current-step.js'
import {readCapabilities} from '../capabilities.js'
import {mapConcurrently} from '../map-concurrently.js'

/** What a daemon does with the bank at this moment. */
export interface BankAtWork {
  daemon: string
  action: string
  step: UpdateStep | null
}

/** One bank on a screen: what it has, what it does and what it did last. */
export interface BankBoard extends BankDetail {
  available: true
  /** Null when the list of banks could not be read. */
  visibility: string | null
  failed: boolean | null
  now: Part<BankAtWork | null>
  /** Places of its requests in the queue; 1 is the next to run. */
  queuePositions: Part<number[]>
  /** Updates and removals that wait. Repairs wait too, but only `queuePositions` tells of them. */
  requests: PendingRequest[]
  /** Steps of the run under way, or of the last one. */
  run: Part<Pick<BankRun, 'session' | 'logFile' | 'steps'>>
  /** The last update that ended, if it is among the newest entries of the history. */
  lastUpdateEnded: Part<HistoryEntry | null>
}

/** A bank that could not be read. */
export interface MissingBank {
  name: string
  available: false
  error: PartError
}

const historyRows = 200

/**
 * Reads some banks, each apart: one that is missing or forbidden does not hide the others.
 *
 * @throws {BiomajError} when the cluster gave nothing about any of them for a reason of its own, such as an outage
 */
export async function readBanks(
  cluster: BiomajClient,
  names: readonly string[],
  options: {signal: AbortSignal; attempts?: number | undefined},
): Promise<Array<BankBoard | MissingBank>> {
  await readCapabilities(cluster, options)
  const facts = readFacts(cluster, options)
  const [banks] = await Promise.all([
    mapConcurrently(names, async name => readBank(cluster, name, {facts, ...options})),
    facts,
  ])
  const reasons = banks.flatMap(bank => (bank.available ? [] : [bank.error]))
  const ofCluster = reasons.find(({code}) => !codesOfOneBank.has(code))
  if (ofCluster && reasons.length === banks.length) throw new BiomajError(ofCluster)
  return banks.map(bank => (bank.available ? bank : {...bank, error: aboutBank(bank)}))
}

const codesOfOneBank: ReadonlySet<string> = new Set(['bank_not_found', 'forbidden', 'usage', 'refused'])

interface Facts {
  list: Part<BankSummary[]>
  failed: Part<string[]>
  activity: Part<Activity>
  sizes: Part<Map<string, Map<string, number>>>
  history: Part<HistoryEntry[]>
}

async function readFacts(
  cluster: BiomajClient,
  request: {signal: AbortSignal; attempts?: number | undefined},
): Promise<Facts> {
  const read = async <T>(reading: Promise<T>) => readPart(reading, request.signal)
  const [list, failed, activity, sizes, history] = await Promise.all([
    read(cluster.banks.list(request)),
    read(cluster.banks.failed(request)),
    read(cluster.daemon.activity(request)),
    read(cluster.banks.sizes(request)),
    read(cluster.history.list({limit: historyRows, ...request})),
  ])
  return {list, failed, activity, sizes, history}
}

async function readBank(
  cluster: BiomajClient,
  name: string,
  {facts, ...request}: {facts: Promise<Facts>; signal: AbortSignal; attempts?: number | undefined},
): Promise<BankBoard | MissingBank> {
  const [detail, run, {list, failed, activity, sizes, history}] = await Promise.all([
    readPart(cluster.banks.get(name, request), request.signal),
    readPart(cluster.banks.run(name, request), request.signal),
    facts,
  ])
  if (!detail.available) return {name, ...detail}
  const now = mapPart(activity, known => atWork(known, name, valueOf(run)))
  const names = valueOf(failed)
  return {
    available: true,
    ...withSizes(detail.value, valueOf(sizes)?.get(name)),
    name,
    visibility: valueOf(list)?.find(bank => bank.name === name)?.visibility ?? null,
    failed: names === undefined ? null : names.includes(name) && !(valueOf(now) ?? null),
    now,
    queuePositions: mapPart(activity, ({waiting}) =>
      waiting.flatMap((bank, index) => (bank === name ? [index + 1] : [])),
    ),
    requests: valueOf(run)?.requests ?? [],
    run: mapPart(run, ({session, logFile, steps}) => ({session, logFile, steps})),
    lastUpdateEnded: mapPart(
      history,
      entries => entries.find(({bank, action}) => bank === name && action === 'update') ?? null,
    ),
  }
}

/** Of several banks, a reason must say which one it is about. */
function aboutBank({name, error}: MissingBank): PartError {
  return error.message.includes(name) ? error : {...error, message: `${name}: ${error.message}`}
}

function atWork({daemons}: Activity, name: string, run: BankRun | undefined): BankAtWork | null {
  const at = daemons.find(({bank}) => bank === name)
  if (at === undefined) return null
  const step = run && at.action === 'update' ? (currentStep(run, true)?.step ?? null) : null
  return {daemon: at.daemon, action: at.action ?? 'unknown', step}
}

function withSizes(detail: BankDetail, sizes: ReadonlyMap<string, number> | undefined): BankDetail {
  return {
    ...detail,
    releases: detail.releases.map(release => ({
      ...release,
      // A cluster without `data.stats` says 0 of every release.
      sizeBytes: sizes?.get(release.release) || null,
    })),
  }
}
