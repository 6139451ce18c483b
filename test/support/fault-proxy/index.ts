import {once} from 'node:events'
import {request as httpRequest} from 'node:http'
import type {IncomingMessage, ServerResponse} from 'node:http'
import {setTimeout as delay} from 'node:timers/promises'
import {Endpoint} from './endpoint.js'
import type {SeenIncoming, SeenRequest} from './endpoint.js'
import {FaultRules, seededRandom} from './fault.js'
import type {Fault, When} from './fault.js'
import {playFault} from './play.js'
import type {ClusterAnswer} from './play.js'

export type {SeenRequest} from './endpoint.js'
export type {Fault, When} from './fault.js'

export interface FaultProxyOptions {
  /** Base URL of the cluster behind the proxy. */
  target: string
  /** Seed of the generator behind `When.probability`. */
  seed?: number
}

/** Starts a proxy on a free loopback port that passes everything on until a fault is injected. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const elsewhere = new Endpoint(async (_, response) => {
    response.writeHead(200, {'content-type': 'application/json'}).end('{"msg": "pong"}')
    await Promise.resolve()
  })
  const proxy = new FaultProxy(options, elsewhere)
  await Promise.all([elsewhere.listen(), proxy.accept()])
  return proxy
}

export class FaultProxy {
  /** Every request that came to the proxy. */
  readonly requests: SeenRequest[] = []
  readonly #endpoint: Endpoint
  readonly #elsewhere: Endpoint
  readonly #rules: FaultRules
  readonly #target: URL
  readonly #stopped = new AbortController()

  constructor({target, seed = 1}: FaultProxyOptions, elsewhere: Endpoint) {
    this.#target = new URL(target)
    this.#rules = new FaultRules(seededRandom(seed))
    this.#elsewhere = elsewhere
    this.#endpoint = new Endpoint(async (incoming, response) => this.#handle(incoming, response), this.requests)
  }

  /** Stays the same when the proxy refuses and accepts again. */
  get url(): string {
    return this.#endpoint.url
  }

  /** Another origin that answers everything and records what it was sent: nothing secret may arrive there. */
  get elsewhere(): {url: string; requests: readonly SeenRequest[]} {
    return {url: this.#elsewhere.url, requests: this.#elsewhere.requests}
  }

  /** From now on the fault meets the requests that match. Returns how to take it away again. */
  inject(fault: Fault, when: When = {}): () => void {
    return this.#rules.add(fault, when)
  }

  /** Takes all faults away and accepts connections. The log of requests stays. */
  async heal(): Promise<void> {
    this.#rules.clear()
    await this.accept()
  }

  /** Closes the port and all connections: a client gets ECONNREFUSED. */
  async refuse(): Promise<void> {
    await this.#endpoint.close()
  }

  async accept(): Promise<void> {
    await this.#endpoint.listen()
  }

  /** The first request, past or future, for which the predicate holds. */
  async waitForRequest(predicate: (request: SeenRequest) => boolean, timeoutMs = 10_000): Promise<SeenRequest> {
    return await this.#endpoint.waitForRequest(predicate, timeoutMs)
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await Promise.all([this.#endpoint.close(), this.#elsewhere.close()])
  }

  async #handle(incoming: SeenIncoming, response: ServerResponse): Promise<void> {
    const {seen, body} = incoming
    const path = seen.path.replace(/^\/moved(?=\/)/, '')
    const {delayMs, fault} = path === seen.path ? this.#rules.pick(seen) : {delayMs: 0, fault: undefined}
    seen.fault = fault?.kind ?? (delayMs > 0 ? 'latency' : undefined)
    if (delayMs > 0) await delay(delayMs, undefined, {signal: this.#stopped.signal})
    const forward = async (): Promise<ClusterAnswer> => {
      seen.reachedCluster = true
      return await askCluster(this.#target, {...seen, path}, body)
    }
    if (fault === undefined || fault.kind === 'latency') {
      const answer = await forward()
      response.writeHead(answer.status, answer.headers).end(answer.body)
      return
    }
    await playFault(fault, {
      response,
      path,
      forward,
      elsewhereUrl: this.#elsewhere.url,
      every: (intervalMs, act) => {
        const timer = setInterval(act, intervalMs)
        response.once('close', () => {
          clearInterval(timer)
        })
      },
    })
  }
}

/** Headers that belong to one connection, and the length, which is set anew. */
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length'])

async function askCluster(target: URL, {method, path, headers}: SeenRequest, body: Buffer): Promise<ClusterAnswer> {
  const outgoing = httpRequest({
    host: target.hostname,
    port: target.port,
    method,
    path,
    headers: {...headers, connection: 'close', 'content-length': body.length},
    agent: false,
  })
  outgoing.end(body)
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  const passed = Object.entries(answer.headers).filter(
    (header): header is [string, string | string[]] => header[1] !== undefined && !hopByHop.has(header[0]),
  )
  return {
    status: answer.statusCode ?? 502,
    headers: Object.fromEntries(passed),
    body: Buffer.concat(await answer.toArray()),
  }
}
