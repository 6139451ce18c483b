import {BiomajError} from '../../shared/errors.js'
import {sleep} from '../../shared/abort.js'
import type {Instance} from './instance.js'
import {isRunning} from './process-identity.js'

export interface StopRequest {
  /** The second signal of two makes a cluster leave its work where it stands. */
  immediately: boolean
  patienceMs: number
  signal: AbortSignal
}

/**
 * Asks a running cluster to end, and waits until its process is gone.
 *
 * @throws {BiomajError} `timeout` when it is still there after that time; it may be on its way
 */
export async function stopCluster(instance: Instance, {immediately, patienceMs, signal}: StopRequest): Promise<void> {
  send(instance, 'SIGTERM')
  if (immediately) {
    // Sooner it would count as the same one.
    await sleep(200, signal)
    send(instance, 'SIGTERM')
  }
  const deadline = performance.now() + patienceMs
  while (isRunning(instance)) {
    if (performance.now() > deadline) {
      throw new BiomajError({
        code: 'timeout',
        message: `The cluster (pid ${instance.pid}) has not ended within ${patienceMs / 1000} s`,
        hint: 'It may be giving work back: wait, or end it with `biomaj cluster stop --immediately`.',
        details: {pid: instance.pid},
      })
    }
    await sleep(20, signal)
  }
}

function send(instance: Instance, name: NodeJS.Signals): void {
  if (!isRunning(instance)) return
  try {
    process.kill(instance.pid, name)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ESRCH') return
    if (code !== 'EPERM') throw error
    throw new BiomajError({
      code: 'forbidden',
      message: `The cluster (pid ${instance.pid}) belongs to another user of this machine`,
      cause: error,
    })
  }
}
