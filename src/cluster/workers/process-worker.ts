import type {Service, ServiceContext} from '../services/service.js'
import {runProcess} from './process/run-process.js'
import {startPool} from './worker-pool.js'

export interface ProcessWorkerOptions {
  context: ServiceContext
  /** Of the worker. */
  env: Readonly<Record<string, string | undefined>>
  /** Default: as the settings say. */
  slots?: number | undefined
}

/** Starts workers that run the processes of banks. */
export async function startProcessWorkers({context, env, slots}: ProcessWorkerOptions): Promise<Service> {
  return startPool({
    context,
    service: 'process',
    kinds: ['process'],
    slots: slots ?? context.settings.workers.process,
    handle: async ({payload}, {lease}) => {
      const result = await runProcess(payload, {signal: lease.signal, kill: lease.kill, env})
      // How a process ended is for whoever asked for it to judge.
      return {state: 'done', result}
    },
  })
}
