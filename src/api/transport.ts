import type {Method, Request} from 'got'
import {sleep} from '../shared/abort.js'
import {BiomajError} from '../shared/errors.js'
import type {Secret} from '../shared/secret.js'
import {agentsFor, authoritiesWith, type Connections} from './agents.js'
import {type Answer, decodeJson, readBytes} from './answer.js'
import {errorFromStatus} from './error-mapping.js'
import type {Exchange} from './exchange.js'
import {brokeOff, connectTimeoutMs, openRequest, type Response, responseOf} from './request.js'
import {errorFromTransport} from './transport-errors.js'
import {requireRead} from './write-gate.js'

export interface TransportOptions {
  /** The cluster's public proxy, http or https, without user and password; a path is kept as a prefix. */
  url: URL
  apiKey?: Secret | undefined
  userAgent?: string | undefined
  /** Whole request, from connect to the last byte, redirects and repetitions included. Default 30,000. */
  requestTimeoutMs?: number | undefined
  /** PEM of certificate authorities that are trusted beside Node's own. */
  certificateAuthority?: string | undefined
  /** Accept any certificate. */
  insecureTls?: boolean | undefined
  /** Refuse every request that is not a reading, before it leaves. */
  readOnly?: boolean | undefined
  /** Told of each exchange, without any header or body: for `--debug`. */
  onExchange?: ((line: string) => void) | undefined
}

export interface RequestOptions {
  signal?: AbortSignal | undefined
  /** Overrides the transport's own. */
  timeoutMs?: number | undefined
  /** Attempts of a GET before its failure counts; 1 for callers that poll. Never applies to other methods. */
  attempts?: number | undefined
  /** Leaves the key out where the cluster tells this to anybody: with a key it first asks its user service whose it is. */
  anonymous?: boolean | undefined
}

/** One call of the transport: what all of its requests have in common. */
interface Call {
  method: Method
  body: unknown
  exchange: Exchange
  signal: AbortSignal | undefined
  anonymous: boolean
  /** On the clock of `performance.now()`. */
  deadline: number
}

interface Reply {
  answer: Answer
  location: string | undefined
  stream: Request
}

const maxBodyBytes = 64 * 1024 * 1024
// Of an error page only the first paragraph is read.
const maxErrorPageBytes = 64 * 1024
const maxRedirects = 5
const retryDelaysMs = [200, 800]
const defaultRequestTimeoutMs = 30_000

/**
 * HTTP to one cluster. Sends the API key to the cluster's own origin only, follows no redirect that leaves it,
 * repeats nothing but a GET, and gives up at a deadline and at 64 MiB (after decompression).
 *
 * A proxy that HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY name for the cluster's address is used; they are
 * read when the transport is made, and are the only part of the environment that `src/api` reads.
 */
export class Transport {
  readonly url: URL
  readonly #options: TransportOptions
  readonly #connections: Connections
  /**
   * The cluster tells anybody what happens to private banks too, as BioMAJ does. Another one shows them only to those who
   * may see them, and without the key a bank at work would seem idle: so until it is known, the key goes along. Set by
   * whoever learns it.
   */
  tellsAnybody = false

  /** @throws {BiomajError} `usage`, `key_invalid` or `config_invalid` for options that could not work */
  constructor(options: TransportOptions) {
    this.url = checkedUrl(options.url)
    // Node would refuse such a header only at the first request, as a failure of the connection.
    if (options.apiKey?.fitsHeader === false) {
      throw new BiomajError({code: 'key_invalid', message: 'The API key has characters that no key can have'})
    }
    this.#options = options
    this.#connections = agentsFor(this.url, connectTimeoutMs)
  }

  get hasKey(): boolean {
    return this.#options.apiKey !== undefined
  }

  get readOnly(): boolean {
    return this.#options.readOnly === true
  }

  /** The decoded JSON body of a 2xx answer. */
  async json(method: Method, route: string, body: unknown, options: RequestOptions = {}): Promise<unknown> {
    const bytes = await this.#attempt(method, route, body, options, async answer => readBytes(answer))
    return decodeJson(bytes, this.exchange(method, route))
  }

  /** A streamed GET: the status is already known to be 2xx. Once it has begun it is not repeated. */
  async stream(route: string, options: RequestOptions = {}): Promise<Answer> {
    return this.#attempt('GET', route, undefined, options, async answer => Promise.resolve(answer))
  }

  exchange(method: string, route: string): Exchange {
    return {
      route: `${method} ${route}`,
      origin: this.url.origin,
      withKey: this.hasKey,
      apiKey: this.#options.apiKey,
    }
  }

  async #attempt<Result>(
    method: Method,
    route: string,
    body: unknown,
    options: RequestOptions,
    read: (answer: Answer) => Promise<Result>,
  ): Promise<Result> {
    // Here and nowhere else: every request of this client passes.
    if (this.#options.readOnly === true) requireRead(method, route, body)
    const timeoutMs = options.timeoutMs ?? this.#options.requestTimeoutMs ?? defaultRequestTimeoutMs
    const exchange = this.exchange(method, route)
    const {signal, anonymous = false} = options
    const call: Call = {method, body, exchange, signal, anonymous, deadline: performance.now() + timeoutMs}
    const attempts = method === 'GET' ? (options.attempts ?? retryDelaysMs.length + 1) : 1
    for (let attempt = 1; ; attempt++) {
      try {
        return await read(await this.#send(call, route))
      } catch (error) {
        const delayMs = retryDelaysMs[attempt - 1] ?? Number.POSITIVE_INFINITY
        const transient = error instanceof BiomajError && error.code === 'unreachable'
        if (!transient || attempt >= attempts || performance.now() + delayMs >= call.deadline) throw error
        await sleep(delayMs, options.signal)
      }
    }
  }

  /** One request, with redirects inside the cluster's own origin followed for a GET. */
  async #send(call: Call, route: string): Promise<Answer> {
    let url = new URL(this.url.pathname.replace(/\/$/, '') + route, this.url)
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const {answer, location, stream} = await this.#once(call, url)
      if (answer.status >= 200 && answer.status < 300) return answer
      if (answer.status < 300 || answer.status >= 400) {
        const page = await readBytes(answer, maxErrorPageBytes)
        throw errorFromStatus(answer.status, page.toString('utf8'), call.exchange)
      }
      // Nobody reads the body of a redirect.
      stream.destroy()
      url = this.#redirectTarget(location, url, call)
    }
    throw new BiomajError({code: 'protocol', message: `${this.url.origin} redirects without end`})
  }

  async #once(call: Call, url: URL): Promise<Reply> {
    const {method, exchange, signal} = call
    signal?.throwIfAborted()
    // A write gets a connection of its own: on one that the server just closed, nobody could tell whether it arrived.
    let stream = this.#open(call, url, method === 'GET' ? this.#connections.kept : this.#connections.fresh)
    const started = performance.now()
    try {
      let response: Response
      try {
        response = await responseOf(stream)
      } catch (error) {
        if (method !== 'GET' || stream.reusedSocket !== true || !brokeOff(error)) throw error
        // The server had closed the connection since its last use. That says nothing about the cluster.
        stream = this.#open(call, url, this.#connections.fresh)
        response = await responseOf(stream)
      }
      this.#options.onExchange?.(
        `${exchange.route} -> ${response.statusCode} in ${Math.round(performance.now() - started)} ms`,
      )
      const answer: Answer = {
        status: response.statusCode,
        contentType: headerText(response.headers['content-type']) ?? '',
        chunks: this.#chunks(stream, call),
      }
      return {answer, location: headerText(response.headers['location']), stream}
    } catch (cause) {
      stream.destroy()
      throw this.#failure(cause, call)
    }
  }

  #open({method, body, signal, anonymous, deadline}: Call, url: URL, agent: Connections['kept']): Request {
    const {insecureTls, certificateAuthority} = this.#options
    return openRequest(url, {
      method,
      headers: this.#headers(anonymous),
      body,
      agent,
      https: {
        rejectUnauthorized: insecureTls !== true,
        ...(certificateAuthority === undefined ? {} : {certificateAuthority: authoritiesWith(certificateAuthority)}),
      },
      timeoutMs: Math.max(1, deadline - performance.now()),
      signal,
    })
  }

  async *#chunks(stream: Request, call: Call): AsyncGenerator<Buffer, void, undefined> {
    let size = 0
    try {
      for await (const chunk of stream as AsyncIterable<unknown>) {
        const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
        size += bytes.length
        if (size > maxBodyBytes) {
          throw new BiomajError({
            code: 'response_too_large',
            message: `The answer to ${call.exchange.route} is larger than ${maxBodyBytes / 1024 / 1024} MiB`,
          })
        }
        yield bytes
      }
    } catch (cause) {
      throw this.#failure(cause, call)
    } finally {
      // The connection of a whole answer is kept, any other is closed.
      if (!stream.readableEnded) stream.destroy()
    }
  }

  #failure(cause: unknown, {exchange, signal}: Call): unknown {
    if (signal?.aborted) return signal.reason
    const error = errorFromTransport(cause, exchange)
    this.#options.onExchange?.(`${exchange.route} failed: ${error.message}`)
    return error
  }

  #headers(anonymous: boolean): Record<string, string> {
    const {apiKey, userAgent = 'biomaj-client'} = this.#options
    // The RPC and log routes honour only the first of these, some proxies strip it and leave the second.
    const authorisation =
      apiKey === undefined || (anonymous && this.tellsAnybody)
        ? {}
        : {authorization: `APIKEY ${apiKey.reveal()}`, 'x-api-key': apiKey.reveal()}
    return {accept: 'application/json', 'user-agent': userAgent, ...authorisation}
  }

  #redirectTarget(location: string | undefined, from: URL, {method}: Call): URL {
    const target = location === undefined ? null : URL.parse(location, from.href)
    const here = target?.origin === this.url.origin && target.username === '' && target.password === ''
    if (target && here && method === 'GET') return target
    const where = here ? target.pathname : target === null || target.origin === 'null' ? 'nowhere' : target.origin
    throw new BiomajError({
      code: 'redirect_refused',
      message: `${this.url.origin} redirects to ${where}; not followed`,
    })
  }
}

/** A copy, so that nobody can lead the key elsewhere by changing the URL later. */
function checkedUrl(url: URL): URL {
  const plain = (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === ''
  if (plain) return new URL(url)
  throw new BiomajError({
    code: 'usage',
    message: 'The address of a cluster is http or https, without user and password',
  })
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
