import {type Capability, capabilities, daemonHello} from '../contract/additions.js'
import {type ClusterEvent, parseEvents} from '../contract/event.js'
import {
  type Caller,
  type DetailedRun,
  type Job,
  type LockList,
  parseCaller,
  parseDetailedRun,
  parseJob,
  parseJobs,
  parseLockList,
} from '../contract/job.js'
import {parseSessionLog, type SessionLogPiece} from '../contract/log.js'
import {parseBody} from '../contract/parse.js'
import {path, wholeNumber} from '../path.js'
import {BiomajError} from '../../shared/errors.js'
import type {RequestOptions, Transport} from '../transport.js'

/** Which jobs. */
export interface JobQuery {
  bank?: string | undefined
  /** Any when empty. */
  states?: ReadonlyArray<Job['state']> | undefined
  /** Id of the job that they belong to. */
  parent?: string | undefined
  limit: number
}

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
    return (await this.capabilities(options)).has(capability)
  }

  /** All that the cluster announces and this client knows, as `has` does. */
  async capabilities(options?: RequestOptions): Promise<ReadonlySet<string>> {
    this.#known ??= await this.#announced(options)
    return this.#known
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
    return this.jobs({bank, limit: 20}, options)
  }

  /**
   * `GET /api/daemon/jobs`: newest first. Updates, removals and repairs; those that belong to one of them, such as its
   * downloads, with `parent`.
   */
  async jobs({bank, states = [], parent, limit}: JobQuery, options?: RequestOptions): Promise<Job[]> {
    const query = new URLSearchParams({limit: String(wholeNumber(limit, 'jobs'))})
    if (bank !== undefined) query.set('bank', bank)
    if (states.length > 0) query.set('state', states.join(','))
    if (parent !== undefined) query.set('parent', parent)
    return parseJobs(await this.#get(`/api/daemon/jobs?${query.toString()}`, options), 'GET /api/daemon/jobs')
  }

  /** `GET /api/daemon/locks`: of the banks that the caller may see. */
  async locks(options?: RequestOptions): Promise<LockList> {
    return parseLockList(await this.#get('/api/daemon/locks', options), 'GET /api/daemon/locks')
  }

  /** `GET /api/daemon/bank/B/run`: null before the first. */
  async run(bank: string, options?: RequestOptions): Promise<DetailedRun | null> {
    const route = path`/api/daemon/bank/${bank}/run`
    return parseDetailedRun(await this.#get(route, options), `GET ${route}`)
  }

  /**
   * `GET /api/daemon/events`: changes as they happen, from the one after `after` on, or from now on. One connection: it ends
   * when the cluster ends it, as it does every ten minutes, and is then taken up with the last id as `after`.
   *
   * @param options.silenceMs longest time without a sign of life; the cluster gives one each 15 s
   * @throws {BiomajError} `timeout` after such a silence; `unreachable`; `refused` when too many streams are open
   */
  async *events({
    after,
    silenceMs = 45_000,
    signal,
  }: {
    after?: string | undefined
    silenceMs?: number | undefined
    signal?: AbortSignal | undefined
  } = {}): AsyncGenerator<ClusterEvent, void, undefined> {
    const route = 'GET /api/daemon/events'
    const silent = new AbortController()
    const end = () =>
      silent.abort(new BiomajError({code: 'timeout', message: 'The cluster has stopped telling what happens'}))
    const timer = setTimeout(end, silenceMs)
    const ending = signal === undefined ? silent.signal : AbortSignal.any([signal, silent.signal])
    try {
      const query = after === undefined ? '' : `?after=${encodeURIComponent(after)}`
      const {contentType, chunks} = await this.#transport.stream(`/api/daemon/events${query}`, {
        signal: ending,
        timeoutMs: Number.POSITIVE_INFINITY,
        attempts: 1,
      })
      if (!contentType.startsWith('text/event-stream')) {
        throw new BiomajError({code: 'protocol', message: `Unexpected answer to ${route}: no events`})
      }
      yield* parseEvents(heard(chunks, timer), route)
    } finally {
      clearTimeout(timer)
    }
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
    const body = await this.#get('/api/daemon', options)
    const announced = parseBody(daemonHello, body, route).biomaj?.capabilities ?? []
    // A cluster that announces anything is none of BioMAJ's.
    this.#transport.tellsAnybody = announced.length === 0
    return new Set(announced.filter(name => (capabilities as readonly string[]).includes(name)))
  }

  async #get(route: string, options: RequestOptions | undefined): Promise<unknown> {
    return this.#transport.json('GET', route, undefined, options)
  }
}

/** Whatever comes is a sign of life, also what says nothing else. */
async function* heard(chunks: AsyncIterable<Buffer>, timer: NodeJS.Timeout): AsyncGenerator<Buffer, void, undefined> {
  for await (const chunk of chunks) {
    timer.refresh()
    yield chunk
  }
}
