import type {BiomajClient} from '../api/client.js'
import type {HistoryEntry} from '../api/contract/bank.js'
import {readCapabilities} from './capabilities.js'
import {mapConcurrently} from './map-concurrently.js'

export interface HistoryQuery {
  /** Only of these banks; of all when empty. */
  banks: readonly string[]
  /** `update` or `remove`; any when undefined. */
  action?: string | undefined
  failedOnly: boolean
  limit: number
}

const firstRead = 200
const lastRead = 100_000

/**
 * The newest entries that fit, newest first. The daemon can only be asked for the newest of all, so a filter means
 * to read further back until there are enough, or nothing older is left.
 *
 * @throws {BiomajError} `bank_not_found` for a named bank that the cluster does not have and that left no trace
 */
export async function readHistory(
  cluster: BiomajClient,
  query: HistoryQuery,
  {signal}: {signal: AbortSignal},
): Promise<HistoryEntry[]> {
  await readCapabilities(cluster, {signal})
  const filtered = query.banks.length > 0 || query.action !== undefined || query.failedOnly
  let entries: HistoryEntry[] = []
  let found: HistoryEntry[] = []
  for (let asked = filtered ? Math.max(firstRead, query.limit) : query.limit; ; asked *= 10) {
    entries = await cluster.history.list({limit: asked, signal})
    found = entries.filter(entry => fits(entry, query))
    if (found.length >= query.limit || entries.length < asked || asked >= lastRead) break
  }
  const traces = new Set(entries.map(({bank}) => bank))
  const unseen = query.banks.filter(bank => !traces.has(bank))
  // A bank that was removed has a history; one without any should at least exist.
  await mapConcurrently(unseen, async bank => cluster.banks.run(bank, {signal}))
  return found.slice(0, query.limit)
}

function fits({bank, action, error, cancelled}: HistoryEntry, query: HistoryQuery): boolean {
  return (
    (query.banks.length === 0 || query.banks.includes(bank)) &&
    (query.action === undefined || action === query.action) &&
    (!query.failedOnly || (error && cancelled !== true))
  )
}
