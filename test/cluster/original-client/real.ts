import {startRealCluster} from '../../support/real-cluster/index.js'
import {until} from '../../support/until.js'
import {playClient} from './session.js'
import type {Said} from './session.js'

/** What the original client says with the services that it was written for. */
export async function playReal(): Promise<Said[]> {
  const cluster = await startRealCluster()
  const idle = async (): Promise<boolean> => {
    const waiting = await cluster.control.redis('LLEN', 'biomajdaemon:queue')
    const states = (await cluster.control.redis('HVALS', 'biomajdaemon:daemons:status')) as string[]
    const pending = states.every(state => state === 'pending')
    return waiting === 0 && pending
  }
  try {
    return await playClient(cluster, async () => {
      // A daemon that has just taken a request has not said so yet: idle is what lasts.
      let seen = 0
      await until('the daemon is idle', async () => {
        seen = (await idle()) ? seen + 1 : 0
        return seen >= 30
      })
    })
  } finally {
    await cluster.stop()
  }
}
