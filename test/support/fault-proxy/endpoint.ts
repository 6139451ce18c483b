import {once} from 'node:events'
import {createServer} from 'node:http'
import type {IncomingHttpHeaders, IncomingMessage, Server, ServerResponse} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'
import type {Fault} from './fault.js'

/** One request that arrived, in order of arrival. */
export interface SeenRequest {
  method: string
  /** Path and query. */
  path: string
  headers: IncomingHttpHeaders
  body: string
  /** What happened to it; undefined if it went through as it was. */
  fault: Fault['kind'] | undefined
  /** It was handed to the cluster, whatever became of the answer. */
  reachedCluster: boolean
}

export interface SeenIncoming {
  seen: SeenRequest
  body: Buffer
}

export type Handler = (incoming: SeenIncoming, response: ServerResponse) => Promise<void>

/** An HTTP server on a loopback port that can be closed and opened again on the same port. */
export class Endpoint {
  readonly requests: SeenRequest[]
  readonly #handler: Handler
  readonly #sockets = new Set<Socket>()
  readonly #watchers = new Set<() => void>()
  #server: Server | undefined
  #port = 0

  constructor(handler: Handler, requests: SeenRequest[] = []) {
    this.#handler = handler
    this.requests = requests
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  async listen(): Promise<void> {
    if (this.#server !== undefined) return
    const server = createServer((incoming, response) => {
      void this.#receive(incoming, response)
    })
    server.on('connection', socket => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    this.#server = server
    server.listen(this.#port, '127.0.0.1')
    await once(server, 'listening')
    this.#port = (server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    for (const socket of this.#sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  }

  async waitForRequest(predicate: (request: SeenRequest) => boolean, timeoutMs: number): Promise<SeenRequest> {
    return await new Promise<SeenRequest>((resolve, reject) => {
      const finish = (): void => {
        clearTimeout(timer)
        this.#watchers.delete(look)
      }
      const look = (): void => {
        const found = this.requests.find(request => predicate(request))
        if (found === undefined) return
        finish()
        resolve(found)
      }
      const timer = setTimeout(() => {
        finish()
        const paths = this.requests.map(({method, path}) => `${method} ${path}`)
        reject(new Error(`No such request within ${timeoutMs} ms. There were: ${paths.join(', ') || 'none'}`))
      }, timeoutMs)
      this.#watchers.add(look)
      look()
    })
  }

  async #receive(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    // A client that goes away in the middle is an ordinary case here.
    response.on('error', () => response.destroy())
    try {
      const body = Buffer.concat(await incoming.toArray())
      const seen: SeenRequest = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        body: body.toString('utf8'),
        fault: undefined,
        reachedCluster: false,
      }
      this.requests.push(seen)
      for (const look of this.#watchers) look()
      await this.#handler({seen, body}, response)
    } catch (error) {
      if (response.headersSent) response.destroy()
      else response.writeHead(502, {'content-type': 'text/plain'}).end(`The proxy could not go on: ${String(error)}\n`)
    }
  }
}
