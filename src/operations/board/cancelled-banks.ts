import type {BiomajClient} from '../../api/client.js'
import type {RequestOptions} from '../../api/transport.js'
import {type Part, readPart} from './part.js'

const historyRows = 100

/**
 * Of the banks whose last run did not end well those where somebody cancelled it, where the cluster tells (capability
 * `history-reason`) and the run is among the newest of the history. None where it cannot be read: they are then failed.
 */
export async function readCancelledBanks(
  cluster: BiomajClient,
  {capabilities, failed}: {capabilities: ReadonlySet<string>; failed: Part<string[]>},
  request: RequestOptions & {signal: AbortSignal},
): Promise<ReadonlySet<string>> {
  const names = failed.available ? failed.value : []
  if (names.length === 0 || !capabilities.has('history-reason')) return new Set()
  const history = await readPart(cluster.history.list({...request, limit: historyRows}), request.signal)
  const entries = history.available ? history.value : []
  return new Set(names.filter(name => entries.find(({bank}) => bank === name)?.cancelled === true))
}
