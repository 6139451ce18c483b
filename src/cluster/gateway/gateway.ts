import {randomUUID} from 'node:crypto'
import type {Logger} from 'pino'
import type {HttpHandler} from '../services/service.js'
import type {ClusterSettings} from '../settings/cluster-settings.js'
import {failure} from './answers.js'
import {crossSiteProblem, isHostAllowed} from './browser-guard.js'
import {headersForClient, headersForUpstream} from './headers.js'
import {isLoopback} from './hosts.js'
import type {Connection, Door} from './listen.js'
import {pathOf, targetProblem} from './raw-target.js'
import {readBody} from './request-body.js'
import {createStatusPage} from './status-page/status-page.js'
import {type Destination, listedRoutes, routeOf, type UpstreamName} from './routes.js'

export interface GatewayOptions {
  /** The public services, each in this process or behind `remoteHandler`. One that is missing is not there (404). */
  upstreams: Partial<Record<UpstreamName, HttpHandler>> & {daemon: HttpHandler}
  settings: Pick<ClusterSettings, 'host' | 'name'>
  log: Logger
  /** What answers below `/db`. */
  published?: HttpHandler | undefined
  /** Shown by `/healthz`, so that whoever started a cluster knows its own. */
  identity?: Record<string, string | number> | undefined
  /** Names beside those of the loopback interface by which a cluster that is bound to loopback may be called. */
  allowedHosts?: readonly string[] | undefined
  /** Longest body of a request. Default 1 MiB. */
  maxBodyBytes?: number | undefined
}

/** The one public door: it lets through what is on the list of routes, cleaned, and refuses everything else. */
export function createGateway(options: GatewayOptions): Door {
  const gateway = new Gateway(options)
  return {fetch: (request, connection) => gateway.fetch(request, connection)}
}

interface Visit {
  request: Request
  path: string
  requestId: string
  remoteAddress: string
}

class Gateway {
  readonly #options: GatewayOptions
  readonly #handlers: Partial<Record<Destination, HttpHandler>>
  readonly #allowedHosts: readonly string[] | null
  readonly #maxBodyBytes: number

  constructor(options: GatewayOptions) {
    this.#options = options
    const {upstreams, published, settings} = options
    this.#handlers = {
      ...upstreams,
      ...(published && {db: published}),
      status: createStatusPage({clusterName: settings.name, publishes: published !== undefined}),
    }
    this.#allowedHosts = isLoopback(settings.host) ? (options.allowedHosts ?? []) : (options.allowedHosts ?? null)
    this.#maxBodyBytes = options.maxBodyBytes ?? 1024 ** 2
  }

  async fetch(request: Request, connection?: Connection): Promise<Response> {
    const began = performance.now()
    const requestId = requestIdOf(request.headers.get('x-request-id'))
    const path = pathOf(connection?.target ?? new URL(request.url).pathname)
    const remoteAddress = connection?.remoteAddress ?? 'unknown'
    const response = await this.#answer({request, path, requestId, remoteAddress}, connection?.target ?? path)
    this.#options.log.info(
      {
        requestId,
        remoteAddress,
        method: request.method,
        path,
        status: response.status,
        durationMs: Math.round((performance.now() - began) * 10) / 10,
      },
      'request',
    )
    const body = [101, 204, 205, 304].includes(response.status) || request.method === 'HEAD' ? null : response.body
    if (body === null) await response.body?.cancel()
    return new Response(body, {
      status: response.status,
      headers: headersForClient(response.headers, requestId),
    })
  }

  async #answer(visit: Visit, target: string): Promise<Response> {
    const {request, path} = visit
    const problem = targetProblem(target)
    if (problem !== null) return failure(400, {code: 'bad_request', message: `Refused: ${problem}`})
    if (!isHostAllowed(request.headers.get('host') ?? new URL(request.url).host, this.#allowedHosts)) {
      return failure(421, {
        code: 'host_refused',
        message: 'This cluster does not answer to that host name',
        hint: 'Call it by localhost or 127.0.0.1, or allow the name with cluster.allowed.hosts',
      })
    }
    const route = routeOf(path)
    if (!route || !this.#isThere(route.to)) {
      const routes = listedRoutes(to => this.#isThere(to))
      return failure(404, {code: 'not_found', message: 'There is no such public route'}, {more: {routes}})
    }
    const headers = {allow: route.methods.join(', ')}
    if (!route.methods.includes(request.method)) {
      return failure(405, {code: 'method_refused', message: `${path} does not take this method`}, {headers})
    }
    if (request.method === 'OPTIONS') return new Response(null, {status: 204, headers})
    const foreign = crossSiteProblem(request.method, request.headers)
    if (foreign !== null) return failure(403, {code: 'cross_site', message: `Refused: ${foreign}`})
    return await this.#pass(visit, route.to)
  }

  #isThere(to: Destination): boolean {
    return to === 'health' || this.#handlers[to === 'root' ? 'status' : to] !== undefined
  }

  async #pass(visit: Visit, to: Destination): Promise<Response> {
    const {name} = this.#options.settings
    if (to === 'health') return Response.json({status: 'ok', name, ...this.#options.identity})
    if (to === 'root') return new Response(null, {status: 302, headers: {location: '/status'}})
    const handler = this.#handlers[to]
    if (!handler) throw new Error(`nothing answers for ${to}`)
    const forwarded = await this.#forwarded(visit)
    if (!forwarded) {
      const message = `The body is larger than ${this.#maxBodyBytes} bytes`
      return failure(413, {code: 'too_large', message}, {headers: {connection: 'close'}})
    }
    try {
      return await handler.fetch(forwarded)
    } catch (error) {
      // The caller is gone: nobody reads the answer, and nothing is wrong with the service.
      if (visit.request.signal.aborted) return new Response(null, {status: 499})
      this.#options.log.error({err: error, requestId: visit.requestId, service: to}, 'a service gave no answer')
      return failure(502, {code: 'unreachable', message: `The ${to} service gave no answer`})
    }
  }

  async #forwarded({request, requestId, remoteAddress}: Visit): Promise<Request | undefined> {
    const body = await readBody(request, this.#maxBodyBytes)
    if (!body) return undefined
    const host = request.headers.get('host') ?? new URL(request.url).host
    return new Request(request.url, {
      method: request.method,
      headers: headersForUpstream(request.headers, {requestId, remoteAddress, host}),
      signal: request.signal,
      ...(body.byteLength > 0 && {body}),
    })
  }
}

/** A caller's own id is kept when it can do no harm in a log; otherwise the request gets one. */
function requestIdOf(given: string | null): string {
  return given !== null && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID()
}
