import path from 'node:path'
import {BiomajError} from '../../shared/errors.js'
import {openSqliteQueue} from '../queue/sqlite-queue.js'
import type {ClusterSettings} from '../settings/cluster-settings.js'
import {openDatabase} from '../store/database/open-database.js'
import {openSqliteStore} from '../store/sqlite-store.js'
import {openClusterLog} from './cluster-log.js'
import {lockDataDirectory} from './data-lock.js'
import {type Instance, instanceOf, Instances} from './instance.js'
import {identityOf} from './process-identity.js'
import {type AdminKey, ensureAdmin, recover} from './recover.js'
import {startSamples} from './samples.js'
import {type SeedName, seed} from './seed.js'
import {accountsKeyFile, databaseFile} from './open-site.js'
import {createAccounts} from '../user/accounts.js'
import {startServices} from './start-services.js'
import {pointToSamples, prepareSite} from './site-files.js'
import {Teardown} from './teardown.js'
import {removeTemporaryFolder} from './temporary-folder.js'

export interface StartOptions {
  /** With `memory` the data directory is one of `makeTemporaryFolder`, and is removed at the end. */
  settings: ClusterSettings
  env: Readonly<Record<string, string | undefined>>
  /** Of biomaj. */
  version: string
  /** Made an administrator with this key, if need be. */
  admin: AdminKey
  /** For a new cluster; without one it has the bank `alu` alone. */
  seed?: SeedName | undefined
  /** Where notes of running clusters are kept. */
  instancesDirectory: string
  /** The sample data of the package. */
  sampleDirectory: string
  detached: boolean
  /** A cluster that is not wanted any more while it starts is taken down again, and the reason thrown. */
  signal?: AbortSignal | undefined
}

export interface RunningCluster {
  instance: Instance
  /**
   * Takes no more requests, gives unfinished work back, and lets go of the data directory. `immediately`: without
   * waiting for work that could be ended.
   */
  stop(options?: {immediately?: boolean}): Promise<void>
}

/**
 * Starts all services of a cluster in this process. When it resolves, the cluster serves; when it rejects, nothing of it
 * is left.
 *
 * @throws {BiomajError} the signal's reason; `cluster_running` when another one has the data directory, `port_in_use`, `config_invalid`
 */
export async function startCluster(options: StartOptions): Promise<RunningCluster> {
  const teardown = new Teardown()
  try {
    const instance = await start(options, teardown)
    let stopped: Promise<void> | undefined
    return {
      instance,
      stop: ({immediately = false} = {}) => (stopped ??= stopAll(teardown, immediately)),
    }
  } catch (error) {
    await teardown.run({immediately: true})
    throw error
  }
}

async function start(options: StartOptions, teardown: Teardown): Promise<Instance> {
  const {settings, env, signal} = options
  const {dataDirectory, memory} = settings
  if (memory) {
    const remove = () => removeTemporaryFolder(dataDirectory)
    teardown.add('temporary folder', remove, {atExit: remove})
  }
  signal?.throwIfAborted()
  const unlock = lockDataDirectory(dataDirectory)
  if (unlock === undefined) throw alreadyRunning(dataDirectory)
  teardown.add('lock', unlock)
  const logFile = path.join(dataDirectory, 'cluster.log')
  const clusterLog = openClusterLog(logFile, settings.logLevel)
  teardown.add('log', () => clusterLog.close(), {atExit: () => clusterLog.close()})
  const {log} = clusterLog

  const folders = await prepareSite(settings, env)
  signal?.throwIfAborted()
  const {confDirectory} = folders
  const database = openDatabase({file: databaseFile(settings)})
  teardown.add('database', () => database.close())
  const store = openSqliteStore(database)
  teardown.add('store', () => store.close())
  const queue = openSqliteQueue(database)
  teardown.add('queue', () => queue.close())
  await recover({store, queue, log})
  const accounts = createAccounts({store, keyFile: accountsKeyFile(settings)})
  // Users and banks may be added before the first start.
  const isNew = (await accounts.get(options.admin.id)) === undefined && (await store.banks.list()).length === 0
  await ensureAdmin(options.admin, accounts)
  signal?.throwIfAborted()

  const samples = await startSamples({directory: options.sampleDirectory, dataDirectory})
  teardown.add('samples', () => samples.close())
  const sampleServer = `127.0.0.1:${samples.port}`
  await pointToSamples(confDirectory, sampleServer)
  if (isNew || options.seed !== undefined) {
    const {sampleDirectory, admin} = options
    await seed(options.seed, store, {
      ...folders,
      database,
      dataDirectory,
      sampleServer,
      sampleDirectory,
      owner: admin.id,
    })
  }
  signal?.throwIfAborted()

  const {url, port} = await startServices(
    {context: {settings, store, queue, log}, accounts, confDirectory, sampleServer, env, version: options.version},
    teardown,
  )
  signal?.throwIfAborted()
  const instance: Instance = {
    version: 1,
    ...identityOf(process.pid),
    startedAt: new Date().toISOString(),
    url,
    port,
    name: settings.name,
    dataDirectory,
    memory,
    logFile,
    detached: options.detached,
  }
  const instances = new Instances(options.instancesDirectory)
  // Looking at them removes what killed ones left.
  instances.running()
  instances.write(instance)
  const forget = () => instances.remove(instance)
  teardown.add('instance', forget, {atExit: forget})
  log.info({url, pid: instance.pid, dataDirectory, memory}, 'ready')
  return instance
}

async function stopAll(teardown: Teardown, immediately: boolean): Promise<void> {
  const [failure] = await teardown.run({immediately})
  if (failure === undefined) return
  throw new BiomajError({
    code: 'internal',
    message: `The cluster did not stop cleanly (${failure.name})`,
    cause: failure.error,
  })
}

function alreadyRunning(dataDirectory: string): BiomajError {
  const instance = instanceOf(dataDirectory)
  const who = instance === undefined ? 'Another process' : `A cluster (pid ${instance.pid}, ${instance.url})`
  return new BiomajError({
    code: 'cluster_running',
    message: `${who} uses ${dataDirectory} already`,
    hint: 'See `biomaj cluster status`, end it with `biomaj cluster stop`, or give this one a folder of its own with --data.',
    details: {dataDirectory, ...(instance && {pid: instance.pid, url: instance.url})},
  })
}
