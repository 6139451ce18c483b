import type {BiomajClient} from '../../api/client.js'
import type {RequestOptions} from '../../api/transport.js'
import type {LogSource} from './log-source.js'
import {OffsetFollower} from './offset-follower.js'
import {TailFollower} from './tail-follower.js'

/** By offset where the cluster serves that, else from the tails that BioMAJ serves. */
export async function openLog(cluster: BiomajClient, bank: string, options: RequestOptions): Promise<LogSource> {
  const byOffset = await cluster.additions.has('session-log', options)
  return byOffset ? new OffsetFollower(cluster, bank) : new TailFollower(cluster, bank)
}
