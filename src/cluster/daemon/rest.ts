import type {Context, Hono} from 'hono'
import {act} from './actions/index.js'
import type {Answer} from './answer.js'
import {bankLog} from './bank-log.js'
import {callOf, type Env} from './http.js'
import {own, type Options} from './options.js'
import {usage} from './refusal.js'
import {jsonObject} from './request-body.js'
import {readableBank, type Site} from './site.js'
import {needAccount, owns} from './viewer.js'

type Method = 'get' | 'post' | 'put' | 'delete'
type Body = Readonly<Record<string, unknown>>

interface Route {
  method: Method
  path: string
  /** BioMAJ wants a key, before it looks at anything else. */
  key?: boolean
  options: (request: {body: Body; query: URLSearchParams; param: (name: string) => string}) => Options
}

const ofBank = (param: (name: string) => string) => ({bank: param('bank')})

/** Members of a body under their own names, those that it has. */
function taken(body: Body, ...names: string[]): Options {
  return Object.fromEntries(names.filter(name => Object.hasOwn(body, name)).map(name => [name, body[name]]))
}

/** BioMAJ's routes: each is an action under other names. */
const routes: readonly Route[] = [
  {method: 'get', path: '/version', options: () => ({version: true})},
  {method: 'get', path: '/whatsup', options: () => ({whatsup: true})},
  {method: 'get', path: '/maintenance', options: () => ({maintenance: 'status'})},
  {method: 'post', path: '/maintenance', key: true, options: () => ({maintenance: 'on'})},
  {method: 'delete', path: '/maintenance', key: true, options: () => ({maintenance: 'off'})},
  {
    method: 'post',
    path: '/aboutme',
    options: ({body}) => ({aboutme: true, userlogin: own(body, 'login'), userpassword: own(body, 'password')}),
  },
  {
    method: 'get',
    path: '/history',
    options: ({query}) => ({history: true, historyLimit: query.get('limit') ?? 100, historyBank: query.get('bank')}),
  },
  {method: 'get', path: '/stats', options: () => ({stats: true})},
  {method: 'get', path: '/status/ko', options: () => ({statusko: true})},
  ...(['get', 'post'] as const).map(method => ({
    method,
    path: '/search',
    options: ({body, query}: Parameters<Route['options']>[0]) => ({
      search: true,
      formats: own(body, 'formats') ?? query.get('formats'),
      types: own(body, 'types') ?? query.get('types'),
      query: listOrText(own(body, 'query')) ?? query.get('query'),
    }),
  })),
  {method: 'get', path: '/bank/:bank', options: ({param}) => ({status: true, ...ofBank(param)})},
  {method: 'get', path: '/bank/:bank/check', options: ({param}) => ({check: true, ...ofBank(param)})},
  {method: 'get', path: '/bank/:bank/status', options: ({param}) => ({updatestatus: true, ...ofBank(param)})},
  // A GET with a body reaches us as a POST: see `withGetBody`.
  ...(['get', 'post'] as const).map(method => ({
    method,
    path: '/bank/:bank/show',
    key: true,
    options: ({body, query, param}: Parameters<Route['options']>[0]) => ({
      show: true,
      ...ofBank(param),
      release: own(body, 'release') ?? query.get('release'),
    }),
  })),
  {
    method: 'post',
    path: '/bank/:bank',
    key: true,
    options: ({body, param}) => ({
      update: true,
      ...ofBank(param),
      ...taken(body, 'publish', 'fromscratch', 'stop_before', 'stop_after', 'from_task', 'process', 'release'),
    }),
  },
  {
    method: 'put',
    path: '/bank/:bank/repair',
    key: true,
    options: ({body, param}) => ({repair: true, ...ofBank(param), ...taken(body, 'release')}),
  },
  {
    method: 'put',
    path: '/bank/:bank/cancel',
    key: true,
    options: ({param}) => ({updatecancel: true, ...ofBank(param)}),
  },
  {
    method: 'put',
    path: '/bank/:bank/publish',
    key: true,
    options: ({body, param}) => ({publish: true, ...ofBank(param), ...taken(body, 'release')}),
  },
  {
    method: 'delete',
    path: '/bank/:bank/publish',
    key: true,
    options: ({param}) => ({unpublish: true, ...ofBank(param)}),
  },
  {
    method: 'put',
    path: '/bank/:bank/freeze/:release',
    key: true,
    options: ({param}) => ({freeze: true, ...ofBank(param), release: param('release')}),
  },
  {
    method: 'delete',
    path: '/bank/:bank/freeze/:release',
    key: true,
    options: ({param}) => ({unfreeze: true, ...ofBank(param), release: param('release')}),
  },
  {
    method: 'delete',
    path: '/bank/:bank',
    key: true,
    options: ({body, param}) => ({...removalOf(body), ...ofBank(param)}),
  },
  {
    method: 'put',
    path: '/bank/:bank/owner/:owner',
    key: true,
    options: ({param}) => ({owner: param('owner'), ...ofBank(param)}),
  },
  {
    method: 'put',
    path: '/bank/:bank/visibility/:visibility',
    key: true,
    options: ({param}) => ({visibility: param('visibility'), ...ofBank(param)}),
  },
  {
    method: 'put',
    path: '/bank/:bank/name/:name',
    key: true,
    options: ({param}) => ({newbank: param('name'), ...ofBank(param)}),
  },
  {
    method: 'put',
    path: '/bank/:bank/move',
    key: true,
    options: ({body, param}) => {
      if (!own(body, 'path')) throw usage('path is missing')
      return {newdir: own(body, 'path'), ...ofBank(param)}
    },
  },
]

function removalOf(body: Body): Options {
  if (own(body, 'all')) return {removeall: true, force: own(body, 'force')}
  if (own(body, 'pending')) return {removepending: true, release: own(body, 'release')}
  if (own(body, 'release') === undefined) throw usage('missing release')
  return {remove: true, release: own(body, 'release')}
}

function listOrText(value: unknown): unknown {
  return Array.isArray(value) ? value.join(' ') : value
}

export function addRestRoutes(app: Hono<Env>, site: Site): void {
  for (const {method, path, key = false, options} of routes) {
    app[method](path, async c => {
      const call = await callOf(site, c)
      if (key) needAccount(call.viewer)
      const body = method === 'get' ? {} : await jsonObject(c.req.raw)
      const query = new URL(c.req.url).searchParams
      const asked = options({body, query, param: name => c.req.param(name) ?? ''})
      return restAnswer(c, await act({...call, options: {...asked, json: true, proxy: true}}))
    })
  }
  app.get('/bank/:bank/owns', async c => {
    const call = await callOf(site, c)
    const name = c.req.param('bank')
    const row = await site.index.owned(name)
    // Who may not see a private bank does not own it, which is an answer too.
    const bank = row ?? (await readableBank(call, name)).bank
    return c.json({is_admin_or_owner: call.viewer.account !== null && owns(call.viewer, bank)})
  })
  for (const path of ['/bank/:bank/log', '/bank/:bank/log/:lines'] as const) {
    app.get(path, async c => {
      const {bank, lines} = c.req.param() as {bank: string; lines?: string}
      return bankLog(await callOf(site, c), {bank, lines: lines ?? '0'})
    })
  }
}

/** An object is the body; a sentence is its `msg`. */
function restAnswer(c: Context<Env>, {json, extra}: Answer): Response {
  const body = typeof json === 'object' && json !== null ? json : {msg: json}
  return c.json({...body, ...extra})
}
