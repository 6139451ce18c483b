import {loadBank} from '../engine/load-bank.js'
import {fetchFiles} from '../engine/remotes/index.js'
import type {Service, ServiceContext} from '../services/service.js'
import {startPool} from './worker-pool.js'

export interface DownloadWorkerOptions {
  context: ServiceContext
  /** Variables `BIOMAJ_X_Y_Z` win over the properties of banks. */
  env: Readonly<Record<string, string | undefined>>
  /** Default: as the settings say. */
  slots?: number | undefined
}

/** Starts workers that fetch files. Credentials do not travel through the queue: they are read from the bank's properties. */
export async function startDownloadWorkers({context, env, slots}: DownloadWorkerOptions): Promise<Service> {
  const {settings} = context
  return startPool({
    context,
    service: 'download',
    kinds: ['download'],
    slots: slots ?? settings.workers.download,
    handle: async ({bank, payload}, {lease}) => {
      const properties = await loadBank(bank, {settings, env})
      const onProgress = lease.report.bind(lease)
      return {state: 'done', result: await fetchFiles(payload, {properties, signal: lease.signal, onProgress})}
    },
  })
}
