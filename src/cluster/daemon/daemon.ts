import {randomUUID} from 'node:crypto'
import {Hono} from 'hono'
import type {Engine} from '../engine/engine.js'
import type {HttpHandler, ServiceContext} from '../services/service.js'
import type {Accounts} from './accounts.js'
import {hello, jobs, locks, oneJob, run, whoami} from './additions.js'
import {BankFiles} from './bank-files.js'
import {BankListCache} from './bank-list-cache.js'
import {EventStreams} from './events.js'
import {checkExposed} from './expose.js'
import {callOf, type Env, refused, requestLog} from './http.js'
import {metricsText} from './metrics.js'
import {Refusal} from './refusal.js'
import {addRestRoutes} from './rest.js'
import {addRpcRoute} from './rpc.js'
import {clusterStatus} from './service-status.js'
import {readSessionLog} from './session-log.js'
import {BankIndex, type BankTemplates, type Site} from './site.js'
import {needAdmin} from './viewer.js'

export interface DaemonOptions {
  context: ServiceContext
  accounts: Accounts
  engine: Pick<Engine, 'publish' | 'unpublish' | 'freeze' | 'rename' | 'move'>
  /** Of the package, for `version` and the hello. */
  version: string
  /** Where `datalist` and `dataimport` look; without it there are no templates. */
  templates?: BankTemplates | undefined
  /** Variables `BIOMAJ_X_Y_Z` that win over properties files. Default: none. */
  env?: Readonly<Record<string, string | undefined>> | undefined
  /** Milliseconds of the epoch. Default: the machine's clock. */
  now?: (() => number) | undefined
  /** Event streams at a time (100), the time between their heartbeats (15 s) and the longest one (10 min). */
  events?: {most?: number; heartbeatMs?: number; longestMs?: number} | undefined
}

export interface Daemon extends HttpHandler {
  /** Ends the event streams, which would otherwise keep a server from stopping. */
  close(): void
}

/**
 * BioMAJ's daemon: REST and RPC below `/api/daemon`, and `/metrics`. It keeps no state of its own, so any number of them
 * may serve one cluster.
 */
export function createDaemon({context, accounts, engine, version, templates, ...rest}: DaemonOptions): Daemon {
  const {settings, store, queue, log} = context
  const {globalProperties, dataDirectory} = settings
  const site: Site = {
    store,
    queue,
    settings,
    log,
    accounts,
    engine,
    files: new BankFiles({globalProperties, dataDirectory, env: rest.env ?? {}}),
    index: new BankIndex(store),
    templates,
    version,
    now: rest.now ?? Date.now,
  }
  const {most = 100, heartbeatMs = 15_000, longestMs = 600_000} = rest.events ?? {}
  const streams = new EventStreams(site, {most, heartbeatMs, longestMs})
  const app = new Hono<Env>()
  app.use(requestLog(site))
  app.route('/api/daemon', routesOf(site, streams))
  app.get('/metrics', async () => metrics(site))
  app.onError((error, c) => refused(c, error))
  app.notFound(c => {
    const known = app.routes.some(({method, path}) => method !== 'ALL' && patternOf(path).test(c.req.path))
    return refused(
      c,
      new Refusal(
        known
          ? {code: 'usage', message: `${c.req.method} is not possible here`, status: 405}
          : {code: 'usage', message: 'There is nothing at this address', status: 404},
      ),
    )
  })
  return {
    fetch: async request => app.fetch(request),
    close: () => {
      streams.close()
    },
  }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`)
}

function routesOf(site: Site, streams: EventStreams): Hono<Env> {
  const app = new Hono<Env>()
  const lists = new BankListCache(site, randomUUID())
  app.get('/', c => c.json(hello(site)))
  addRpcRoute(app, site)
  app.get('/bank', async c => lists.answer(await callOf(site, c), c.req.header('if-none-match')))
  addRestRoutes(app, site)
  app.get('/status', async c => c.json(await clusterStatus(site)))
  app.get('/metrics', async () => metrics(site))
  app.post('/metrics', async c => {
    needAdmin((await callOf(site, c)).viewer)
    throw new Refusal({code: 'refused', message: 'The cluster counts for itself: metrics cannot be pushed'})
  })
  app.get('/expose', async c => {
    await checkExposed(site, c.req.raw.headers)
    return c.json({msg: 'access allowed'})
  })
  app.get('/whoami', async c => c.json(whoami((await callOf(site, c)).viewer)))
  app.get('/locks', async c => c.json(await locks(await callOf(site, c))))
  app.get('/jobs', async c => c.json(await jobs(await callOf(site, c), new URL(c.req.url).searchParams)))
  app.get('/jobs/:id', async c => c.json(await oneJob(await callOf(site, c), c.req.param('id'))))
  app.get('/bank/:bank/run', async c => c.json(await run(await callOf(site, c), c.req.param('bank'))))
  app.get('/bank/:bank/sessions/:session/log', async c => {
    const {bank, session} = c.req.param()
    const {offset = '', limit = ''} = c.req.query()
    return c.json(await readSessionLog(await callOf(site, c), {bank, session, offset, limit}))
  })
  app.get('/events', async c => {
    const from = c.req.header('last-event-id') ?? c.req.query('after')
    return streams.open(await callOf(site, c), from)
  })
  return app
}

async function metrics(site: Site): Promise<Response> {
  return new Response(await metricsText(site), {headers: {'content-type': 'text/plain; version=0.0.4; charset=utf-8'}})
}
