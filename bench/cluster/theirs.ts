import {startRealCluster} from '../../test/support/real-cluster/index.ts'
import type {RealCluster} from '../../test/support/real-cluster/index.ts'
import {until} from './until.ts'

/** Unmodified BioMAJ, and what the bench wants of it. */
export interface TheirCluster {
  cluster: RealCluster
  /** Its own processes and Redis; not the launcher, which stands in for MongoDB, Consul and the proxy. */
  pids: readonly number[]
  /** Runs the update of a bank to its end. Milliseconds, as the caller sees it; undefined when it failed. */
  update: (bank: string) => Promise<number | undefined>
  /** The bank's document in the database; undefined before there is one. */
  document: (bank: string) => Promise<BankDocument | undefined>
}

export interface BankDocument extends Record<string, unknown> {
  production?: unknown[]
  /** `id` is the time at which the session began, in seconds. */
  sessions?: Array<{id: number; status?: Record<string, unknown>}>
}

const mostAttempts = 8

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
      return error === true ? undefined : performance.now() - started
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

/**
 * Does something that needs an update of theirs to end well, in a new cluster each time, until it does: on the Python of
 * Debian 12 its download threads now and then disturb each other ("AST constructor recursion depth mismatch").
 */
export async function withTheirs<Result>(
  work: (theirs: TheirCluster) => Promise<Result | undefined>,
  {onFailure}: {onFailure: () => void},
): Promise<Result> {
  for (let attempt = 1; attempt <= mostAttempts; attempt++) {
    const theirs = await startTheirs()
    try {
      const result = await work(theirs)
      if (result !== undefined) return result
      onFailure()
    } finally {
      await theirs.cluster.stop()
    }
  }
  throw new Error(`BioMAJ's update failed ${mostAttempts} times in turn`)
}
