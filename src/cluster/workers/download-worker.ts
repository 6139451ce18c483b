import {loadBank} from '../engine/load-bank.js'
import {fetchFiles} from '../engine/remotes/index.js'
import type {DownloadRequest} from '../engine/ports.js'
import {told} from '../engine/told.js'
import type {Service, ServiceContext} from '../services/service.js'
import {findRelease} from './release-job.js'
import {startPool} from './worker-pool.js'

export interface DownloadWorkerOptions {
  context: ServiceContext
  /** Variables `BIOMAJ_X_Y_Z` win over the properties of banks. */
  env: Readonly<Record<string, string | undefined>>
  /** Default: as the settings say. */
  slots?: number | undefined
}

/**
 * Starts workers that ask remote sides for files, and for their releases. Credentials do not travel through the queue:
 * they are read from the bank's properties.
 */
export async function startDownloadWorkers({context, env, slots}: DownloadWorkerOptions): Promise<Service> {
  const {settings, log} = context
  return startPool({
    context,
    service: 'download',
    kinds: ['download', 'release'],
    slots: slots ?? settings.workers.download,
    handle: async ({kind, bank, payload}, {lease}) => {
      const properties = await loadBank(bank, {settings, env})
      const {signal} = lease
      if (kind === 'release') return {state: 'done', result: await findRelease(bank, {properties, signal})}
      const result = await fetchFiles(payload as DownloadRequest, {
        properties,
        signal,
        onProgress: progress => lease.report(progress),
        onWarning: line => log.warn({bank, job: lease.job.id}, told`${line}`),
      })
      return {state: 'done', result}
    },
  })
}
