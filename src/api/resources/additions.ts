import {type Capability, capabilities, daemonHello} from '../contract/additions.js'
import {type Caller, type Job, parseCaller, parseJob, parseJobs} from '../contract/job.js'
import {parseSessionLog, type SessionLogPiece} from '../contract/log.js'
import {parseBody} from '../contract/parse.js'
import {path} from '../path.js'
import type {RequestOptions, Transport} from '../transport.js'

/**
 * What some clusters say beyond BioMAJ's own API. Ask `has` first, or use an id that the cluster itself gave: BioMAJ's
 * own daemon answers these routes with 404.
 */
export class AdditionsResource {
  readonly #transport: Transport
  #known: ReadonlySet<string> | undefined

  constructor(transport: Transport) {
    this.#transport = transport
  }

  /** `GET /api/daemon`, asked once: whether the cluster announces this capability. */
  async has(capability: Capability, options?: RequestOptions): Promise<boolean> {
    this.#known ??= await this.#announced(options)
    return this.#known.has(capability)
  }

  /** `GET /api/daemon/whoami`: whose key this is. */
  async whoAmI(options?: RequestOptions): Promise<Caller> {
    return parseCaller(await this.#get('/api/daemon/whoami', options), 'GET /api/daemon/whoami')
  }

  /** `GET /api/daemon/jobs/ID`. @throws {BiomajError} `job_not_found` when the cluster has forgotten it */
  async job(id: string, options?: RequestOptions): Promise<Job> {
    const route = path`/api/daemon/jobs/${id}`
    return parseJob(await this.#get(route, options), `GET ${route}`)
  }

  /** `GET /api/daemon/jobs?bank=`: newest first. */
  async jobsOf(bank: string, options?: RequestOptions): Promise<Job[]> {
    const route = `/api/daemon/jobs?bank=${encodeURIComponent(bank)}&limit=20`
    return parseJobs(await this.#get(route, options), 'GET /api/daemon/jobs')
  }

  /** `GET /api/daemon/bank/B/sessions/S/log`: bytes from an offset on. @throws {BiomajError} `refused` when there is none */
  async sessionLog(
    bank: string,
    {session, offset, limit}: {session: string; offset: number; limit: number},
    options?: RequestOptions,
  ): Promise<SessionLogPiece> {
    const route = path`/api/daemon/bank/${bank}/sessions/${session}/log`
    const body = await this.#get(`${route}?offset=${offset}&limit=${limit}`, options)
    return parseSessionLog(body, `GET ${route}`)
  }

  async #announced(options: RequestOptions | undefined): Promise<ReadonlySet<string>> {
    const route = 'GET /api/daemon'
    const body = await this.#transport.json('GET', '/api/daemon', undefined, {...options, anonymous: true})
    const announced = parseBody(daemonHello, body, route).biomaj?.capabilities ?? []
    return new Set(announced.filter(name => (capabilities as readonly string[]).includes(name)))
  }

  async #get(route: string, options: RequestOptions | undefined): Promise<unknown> {
    return this.#transport.json('GET', route, undefined, options)
  }
}
