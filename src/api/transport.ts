import {Agent as HttpAgent} from 'node:http'
import {Agent as HttpsAgent} from 'node:https'
import {rootCertificates} from 'node:tls'
import got, {type Agents, type Method} from 'got'
import {sleep} from '../shared/abort.js'
import {BiomajError} from '../shared/errors.js'
import type {Secret} from '../shared/secret.js'
import {type Exchange, errorFromStatus, errorFromTransport} from './error-mapping.js'
import {proxyAgents} from './proxy.js'

export interface TransportOptions {
  /** The cluster's public proxy; a path is kept as a prefix. */
  url: URL
  apiKey?: Secret | undefined
  userAgent?: string | undefined
  /** Whole request, from connect to the last byte. Default 30,000. */
  requestTimeoutMs?: number | undefined
  /** PEM of certificate authorities that are trusted beside Node's own. */
  certificateAuthority?: string | undefined
  /** Accept any certificate. */
  insecureTls?: boolean | undefined
  /** Told of each exchange, without any header or body: for `--debug`. */
  onExchange?: ((line: string) => void) | undefined
}

export interface RequestOptions {
  signal?: AbortSignal | undefined
  /** Overrides the transport's own. */
  timeoutMs?: number | undefined
  /** Attempts of a GET before its failure counts; 1 for callers that poll. Never applies to other methods. */
  attempts?: number | undefined
}

export interface Answer {
  status: number
  contentType: string
  chunks: AsyncIterable<Buffer>
}

const maxBodyBytes = 64 * 1024 * 1024
const maxRedirects = 5
const connectTimeoutMs = 5000
const retryDelaysMs = [200, 800]
const defaultRequestTimeoutMs = 30_000

/**
 * HTTP to one cluster. Sends the API key to the cluster's own origin only, follows no redirect that leaves it,
 * repeats nothing but a GET, and gives up at a deadline and at 64 MiB (after decompression).
 */
export class Transport {
  readonly url: URL
  readonly #options: TransportOptions
  readonly #agents: Agents

  constructor(options: TransportOptions) {
    this.#options = options
    this.url = options.url
    this.#agents = proxyAgents(options.url) ?? {
      http: new HttpAgent({keepAlive: true}),
      https: new HttpsAgent({keepAlive: true}),
    }
  }

  get hasKey(): boolean {
    return this.#options.apiKey !== undefined
  }

  /** The decoded JSON body of a 2xx answer. */
  async json(method: Method, route: string, body: unknown, options: RequestOptions = {}): Promise<unknown> {
    const answer = await this.#attempt(method, route, body, options)
    const text = await this.#text(answer)
    try {
      // BioMAJ's own stub of `__proto__` would be a plain key here: JSON.parse defines it, and schemas copy known keys only.
      return JSON.parse(text)
    } catch (cause) {
      const what = /^\s*</.test(text) ? 'an HTML page' : 'something that is not JSON'
      throw new BiomajError({
        code: 'protocol',
        message: `${this.url.origin} answered ${method} ${route} with ${what}`,
        hint: 'Is this the address of a BioMAJ public proxy? A login page of a network in between looks like this too.',
        cause,
      })
    }
  }

  /** A streamed GET: the status is already known to be 2xx. */
  async stream(route: string, options: RequestOptions = {}): Promise<Answer> {
    return this.#attempt('GET', route, undefined, options)
  }

  exchange(method: string, route: string): Exchange {
    return {route: `${method} ${route}`, origin: this.url.origin, withKey: this.hasKey}
  }

  async #attempt(method: Method, route: string, body: unknown, options: RequestOptions): Promise<Answer> {
    const attempts = method === 'GET' ? (options.attempts ?? retryDelaysMs.length + 1) : 1
    const deadline = performance.now() + this.#timeoutMs(options)
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#send(method, route, body, {...options, timeoutMs: Math.max(1, deadline - performance.now())})
      } catch (error) {
        const delayMs = retryDelaysMs[attempt - 1] ?? Number.POSITIVE_INFINITY
        const transient = error instanceof BiomajError && error.code === 'unreachable'
        if (!transient || attempt >= attempts || performance.now() + delayMs >= deadline) throw error
        await sleep(delayMs, options.signal)
      }
    }
  }

  #timeoutMs(options: RequestOptions): number {
    return options.timeoutMs ?? this.#options.requestTimeoutMs ?? defaultRequestTimeoutMs
  }

  /** One request, with redirects inside the cluster's own origin followed for a GET. */
  async #send(method: Method, route: string, body: unknown, options: RequestOptions): Promise<Answer> {
    const exchange = this.exchange(method, route)
    let url = new URL(this.url.pathname.replace(/\/$/, '') + route, this.url)
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const {answer, location} = await this.#once(method, url, body, exchange, options)
      if (answer.status >= 200 && answer.status < 300) return answer
      if (answer.status >= 300 && answer.status < 400) {
        url = this.#redirectTarget(location, url, method)
        continue
      }
      throw errorFromStatus(answer.status, await this.#text(answer), exchange)
    }
    throw new BiomajError({
      code: 'protocol',
      message: `${this.url.origin} redirects without end`,
      hint: 'Check the address of the cluster.',
    })
  }

  async #once(
    method: Method,
    url: URL,
    body: unknown,
    exchange: Exchange,
    options: RequestOptions,
  ): Promise<{answer: Answer; location: string | undefined}> {
    options.signal?.throwIfAborted()
    const timeoutMs = this.#timeoutMs(options)
    const started = performance.now()
    const stream = got.stream(url, {
      method,
      headers: this.#headers(),
      // Flask refuses a write, and even a `show`, that has no JSON body.
      ...(body === undefined ? {} : {json: body, allowGetBody: true}),
      throwHttpErrors: false,
      followRedirect: false,
      retry: {limit: 0},
      timeout: {connect: Math.min(connectTimeoutMs, timeoutMs), request: timeoutMs},
      agent: this.#agents,
      https: {
        rejectUnauthorized: this.#options.insecureTls !== true,
        ...(this.#options.certificateAuthority === undefined
          ? {}
          : {certificateAuthority: [...rootCertificates, this.#options.certificateAuthority]}),
      },
      ...(options.signal === undefined ? {} : {signal: options.signal}),
    })
    try {
      const response = await new Promise<{statusCode: number; headers: Record<string, string | string[] | undefined>}>(
        (resolve, reject) => {
          stream.once('response', resolve)
          stream.once('error', reject)
          // Without a reader got starts no request of a method that may have a body.
          stream.resume().pause()
        },
      )
      this.#options.onExchange?.(
        `${exchange.route} -> ${response.statusCode} in ${Math.round(performance.now() - started)} ms`,
      )
      return {
        answer: {
          status: response.statusCode,
          contentType: String(response.headers['content-type'] ?? ''),
          chunks: this.#chunks(stream, exchange, options.signal),
        },
        location: headerText(response.headers['location']),
      }
    } catch (cause) {
      stream.destroy()
      throw this.#failure(cause, exchange, options.signal)
    }
  }

  async *#chunks(
    stream: AsyncIterable<unknown>,
    exchange: Exchange,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Buffer> {
    let size = 0
    try {
      for await (const chunk of stream) {
        const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))
        size += bytes.length
        if (size > maxBodyBytes) {
          throw new BiomajError({
            code: 'response_too_large',
            message: `The answer to ${exchange.route} is larger than ${maxBodyBytes / 1024 / 1024} MiB`,
            hint: 'Ask for less, or check what answers at this address.',
          })
        }
        yield bytes
      }
    } catch (cause) {
      throw this.#failure(cause, exchange, signal)
    }
  }

  async #text(answer: Answer): Promise<string> {
    const chunks: Buffer[] = []
    for await (const chunk of answer.chunks) chunks.push(chunk)
    return Buffer.concat(chunks).toString('utf8')
  }

  #failure(cause: unknown, exchange: Exchange, signal: AbortSignal | undefined): unknown {
    if (signal?.aborted) return signal.reason
    const error = errorFromTransport(cause, exchange)
    this.#options.onExchange?.(`${exchange.route} failed: ${error.message}`)
    return error
  }

  #headers(): Record<string, string> {
    const {apiKey, userAgent = 'biomaj-client'} = this.#options
    // The RPC and log routes honour only the first of these, some proxies strip it and leave the second.
    const authorisation =
      apiKey === undefined ? {} : {authorization: `APIKEY ${apiKey.reveal()}`, 'x-api-key': apiKey.reveal()}
    return {accept: 'application/json', 'user-agent': userAgent, ...authorisation}
  }

  #redirectTarget(location: string | undefined, from: URL, method: Method): URL {
    const target = location === undefined ? undefined : URL.parse(location, from.href)
    if (target && target.origin === this.url.origin && method === 'GET') return target
    throw new BiomajError({
      code: 'redirect_refused',
      message: `${this.url.origin} redirects to ${target?.origin === this.url.origin ? target.pathname : (target?.origin ?? 'nowhere')}; not followed`,
      hint: 'Your key is only sent to the address that you chose. If the new one is right, run `biomaj login` with it.',
    })
  }
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}
