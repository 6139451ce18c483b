import {randomUUID} from 'node:crypto'
import type {Context, MiddlewareHandler} from 'hono'
import type {ContentfulStatusCode} from 'hono/utils/http-status'
import type {Logger} from 'pino'
import type {Options} from './options.js'
import {Refusal, refusalBody, refusalOf} from './refusal.js'
import type {Call, Site} from './site.js'
import {keyOf, type Viewer, viewerOf} from './viewer.js'

export interface Env {
  Variables: {requestId: string; log: Logger; viewer: Viewer | undefined}
}

const requestIdHeader = 'x-request-id'

/** Gives each request an id, its caller's if that is one, and writes a line when it has been answered. */
export function requestLog(site: Site): MiddlewareHandler<Env> {
  return async (c, next) => {
    const given = c.req.header(requestIdHeader)
    const requestId = given !== undefined && /^[\w.:-]{1,100}$/.test(given) ? given : randomUUID()
    c.set('requestId', requestId)
    c.set('log', site.log.child({requestId}))
    const startedAt = performance.now()
    await next()
    c.res.headers.set(requestIdHeader, requestId)
    const user = c.get('viewer')?.account?.id
    const ms = Math.round((performance.now() - startedAt) * 10) / 10
    const line = {requestId, method: c.req.method, path: c.req.path.slice(0, 500), status: c.res.status, ms, user}
    if (c.res.status >= 500) site.log.error(line, 'request failed')
    else site.log.debug(line, 'request')
  }
}

export async function callOf(site: Site, c: Context<Env>, options: Options = {}): Promise<Call> {
  const viewer = await viewerOf(keyOf(c.req.raw.headers), {accounts: site.accounts, admins: site.settings.admins})
  c.set('viewer', viewer)
  return {site, viewer, requestId: c.get('requestId'), options, log: c.get('log')}
}

/** What can be told of an error; the rest goes to the log, and the caller learns where to look. */
export function tellable(error: unknown, log: Logger, requestId: string): Refusal {
  const refusal = refusalOf(error)
  if (refusal) return refusal
  log.error({err: error}, 'unexpected failure')
  return new Refusal({
    code: 'server_error',
    message: `The cluster failed on this request; its log says why at request ${requestId}`,
  })
}

export function refused(c: Context<Env>, error: unknown): Response {
  const refusal = tellable(error, c.get('log'), c.get('requestId'))
  if (refusal.status === 401) c.header('www-authenticate', 'APIKEY')
  return c.json(refusalBody(refusal), refusal.status as ContentfulStatusCode)
}
