import {startRealCluster} from '../../test/support/real-cluster/index.ts'
import type {RealCluster} from '../../test/support/real-cluster/index.ts'
import {until} from './until.ts'

/** Unmodified BioMAJ, and what the bench wants of it. */
export interface TheirCluster {
  cluster: RealCluster
  /** Its own processes and Redis; not the launcher, which stands in for MongoDB, Consul and the proxy. */
  pids: readonly number[]
  /** Runs the update of a bank to its end. Milliseconds, as the caller sees it. */
  update: (bank: string) => Promise<number>
  /** The bank's document in the database; undefined before there is one. */
  document: (bank: string) => Promise<BankDocument | undefined>
}

export interface BankDocument extends Record<string, unknown> {
  production?: unknown[]
  /** `id` is the time at which the session began, in seconds. */
  sessions?: Array<{id: number; status?: Record<string, unknown>}>
}

/**
 * Properties of the banks that theirs downloads. With its usual two threads most updates fail on the Python of Debian 12:
 * "AST constructor recursion depth mismatch", when both begin a file at the same time.
 */
export const theirProperties = {'files.num.threads': '1'}

/** Who owns the banks. */
export const owner = 'jane'

export async function startTheirs(): Promise<TheirCluster> {
  const cluster = await startRealCluster()
  const document: TheirCluster['document'] = async bank =>
    ((await cluster.control.store('banks', 'find_one', {name: bank})) as BankDocument | null) ?? undefined
  return {
    cluster,
    get pids() {
      return Object.entries(cluster.processes).flatMap(([name, pid]) => (name === 'launcher' ? [] : [pid]))
    },
    document,
    update: async bank => {
      const started = performance.now()
      await requestUpdate(cluster, bank)
      const {error} = await until(
        async () =>
          ((await cluster.control.store('history', 'find_one', {bank})) as {error?: boolean} | null) ?? undefined,
        {what: `BioMAJ's update of ${bank}`},
      )
      if (error === true) throw new Error(`BioMAJ's update of ${bank} failed`)
      return performance.now() - started
    },
  }
}

async function requestUpdate(cluster: RealCluster, bank: string): Promise<void> {
  const {apiKey} = cluster.user(owner)
  const {status, text} = await cluster.request({
    method: 'POST',
    path: `/api/daemon/bank/${bank}`,
    apiKey,
    body: {},
  })
  if (status !== 200 || !text.includes('request sent')) {
    throw new Error(`BioMAJ refused the update of ${bank}: ${status} ${text}`)
  }
}
