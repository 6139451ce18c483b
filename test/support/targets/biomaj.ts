import {startRealCluster} from '../real-cluster/index.js'
import type {Target} from './target.js'

/** The services of unmodified BioMAJ, with one daemon. */
export const biomaj: Target = {
  kind: 'biomaj',
  async start({admin} = {}) {
    const cluster = await startRealCluster({daemons: 1, ...(admin === undefined ? {} : {admin})})
    return {
      ...cluster,
      hold: async () => cluster.control.daemon('paused'),
      release: async () => cluster.control.daemon('running'),
      requested: async () => (await cluster.request({path: '/api/daemon/whatsup'})).text,
      async whileDown(act) {
        await cluster.control.web('down')
        await act()
        await cluster.control.web('up')
      },
    }
  },
}
