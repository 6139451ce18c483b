import {createDaemon} from '../daemon/daemon.js'
import {createEngine, engineClock} from '../engine/create-engine.js'
import type {Downloads, Processes} from '../engine/ports.js'
import {createGateway} from '../gateway/gateway.js'
import {listen} from '../gateway/listen.js'
import {createPublishedData, exposedByFiles} from '../gateway/published/published-data.js'
import type {ServiceName} from '../model/records.js'
import {createScheduler} from '../scheduler/scheduler.js'
import {register} from '../services/registration.js'
import type {ServiceContext} from '../services/service.js'
import {systemWallClock} from '../services/wall-clock.js'
import {siteEnvironment} from '../settings/site-environment.js'
import type {Accounts} from '../user/accounts.js'
import {startDownloadWorkers, startProcessWorkers, startUpdateWorkers} from '../workers/index.js'
import {siteTemplates} from './site-templates.js'
import type {Teardown} from './teardown.js'

export interface ServicesOptions {
  context: ServiceContext
  accounts: Accounts
  confDirectory: string
  /** Where the sample data is served. */
  sampleServer: string
  env: Readonly<Record<string, string | undefined>>
  /** Of biomaj. */
  version: string
}

/** How long requests under way may take when the cluster stops. */
const graceMs = 2000

/** Starts every service, workers first, and opens the door at the end: what asks then is answered. */
export async function startServices(
  options: ServicesOptions,
  teardown: Teardown,
): Promise<{url: string; port: number}> {
  const {context, accounts, version} = options
  const {settings, log} = context
  const env = siteEnvironment(options.env)
  await startWorkers(context, {env, teardown})
  const scheduler = await createScheduler({context, accounts, env})
  teardown.add('scheduler', stopping => scheduler.stop(stopping))
  const daemon = createDaemon({
    context: {...context, log: log.child({service: 'daemon'})},
    accounts,
    engine: engineWith(context, {env, ...withoutWorkers}),
    version,
    templates: siteTemplates(options),
    env,
  })
  const gateway = createGateway({
    upstreams: {daemon, release: scheduler.handler},
    published: createPublishedData({
      store: context.store,
      accounts,
      admins: settings.admins,
      isExposed: exposedByFiles(settings, env),
    }),
    settings,
    allowedHosts: settings.allowedHosts,
    log: log.child({service: 'gateway'}),
    identity: {name: settings.name, version, pid: process.pid},
  })
  await signUp(['user', 'daemon', 'gateway'], context, teardown)
  const door = await listen(gateway, {host: settings.host, port: settings.port, log})
  teardown.add('gateway', async ({immediately}) => {
    daemon.close()
    await door.close({graceMs: immediately ? 0 : graceMs})
  })
  return {url: door.url, port: door.port}
}

interface WorkersOptions {
  env: Readonly<Record<string, string | undefined>>
  teardown: Teardown
}

/** Those that others wait for first: at the end the update workers give their work back before these are gone. */
async function startWorkers(context: ServiceContext, {env, teardown}: WorkersOptions): Promise<void> {
  const downloads = await startDownloadWorkers({context, env})
  teardown.add('download workers', stopping => downloads.stop(stopping))
  const processes = await startProcessWorkers({context, env})
  teardown.add('process workers', stopping => processes.stop(stopping))
  const updates = await startUpdateWorkers({context, engine: ports => engineWith(context, {env, ...ports})})
  teardown.add('update workers', stopping => updates.stop(stopping))
}

function engineWith(
  {store, settings, log}: ServiceContext,
  ports: {env: Readonly<Record<string, string | undefined>>; downloads: Downloads; processes: Processes},
) {
  return createEngine({store, settings, log: log.child({service: 'engine'}), clock: engineClock, ...ports})
}

/** What the daemon has the engine do, publishing for instance, fetches and runs nothing. */
const withoutWorkers: {downloads: Downloads; processes: Processes} = {
  downloads: {fetch: async () => Promise.reject(new Error('The daemon downloads nothing'))},
  processes: {run: async () => Promise.reject(new Error('The daemon runs no processes'))},
}

/** Services that have no workers are one instance each, seen in `status`. */
async function signUp(services: readonly ServiceName[], context: ServiceContext, teardown: Teardown): Promise<void> {
  const {store, settings, log} = context
  for (const service of services) {
    const registration = await register({store, service, leaseMs: settings.leaseMs, clock: systemWallClock, log})
    teardown.add(service, () => registration.leave())
  }
}
