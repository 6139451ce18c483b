import {startEmbeddedCluster} from '../embedded-cluster/index.js'
import {bank, waitsForGate} from '../real-cluster/banks.js'
import {until} from '../until.js'
import {startLocalUpstream} from '../upstream/index.js'
import type {Target} from './target.js'

/** The embedded cluster, with one update worker as BioMAJ's one daemon. Its services end and start together. */
export const embedded: Target = {
  kind: 'embedded',
  async start() {
    const cluster = await startEmbeddedCluster({flags: {'cluster.workers.update': '1'}})
    const {apiKey} = cluster.user('admin')
    const json = async (path: string): Promise<unknown> =>
      JSON.parse((await cluster.request({path, apiKey})).text) as unknown
    const holder = 'holder_of_the_worker'
    return {
      ...cluster,
      /** The only worker is kept busy. */
      async hold() {
        const upstream = await startLocalUpstream()
        const definition = bank(holder, {
          source: upstream.source('/files'),
          processes: [{...waitsForGate(holder), when: 'pre'}],
        })
        await cluster.addBank(definition, 'admin')
        await cluster.request({method: 'POST', path: `/api/daemon/bank/${holder}`, apiKey, body: {}})
        await until('the worker is held', async () => {
          const {run} = (await json(`/api/daemon/bank/${holder}/run`)) as {run: {running: string | null} | null}
          return run?.running === 'preprocess'
        })
        await upstream.stop()
      },
      async release() {
        await cluster.openGate(holder)
        await cluster.settle()
      },
      requested: async () => JSON.stringify(await json('/api/daemon/jobs?limit=1000')),
      async whileDown(act) {
        await cluster.halt()
        await act()
        await cluster.start()
      },
    }
  },
}
