import type {BiomajClient} from '../api/client.js'
import type {RequestOptions} from '../api/transport.js'
import {readPart} from './board/part.js'

/**
 * What the cluster announces; nothing where it does not answer. The client then also knows whether it can spare BioMAJ the
 * key, which it else shows to see what happens to private banks: so whatever looks at activity, locks or history asks this
 * first.
 */
export async function readCapabilities(
  cluster: Pick<BiomajClient, 'additions'>,
  request: RequestOptions & {signal: AbortSignal},
): Promise<ReadonlySet<string>> {
  // Once: what comes after it tries again for itself, and says why it failed.
  const told = await readPart(cluster.additions.capabilities({...request, attempts: 1}), request.signal)
  return told.available ? told.value : new Set()
}
