import {createServer, type IncomingMessage, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo, Socket} from 'node:net'
import {getRequestListener, type HttpBindings} from '@hono/node-server'
import {RESPONSE_ALREADY_SENT} from '@hono/node-server/utils/response'
import type {Logger} from 'pino'
import {BiomajError} from '../../shared/errors.js'
import {withGetBody} from '../daemon/get-body.js'
import {failure} from './answers.js'
import {findPortHolder} from './port-holder.js'
import {send} from './sending.js'

/** What only the connection knows of a request. */
export interface Connection {
  remoteAddress: string
  /** The request target as it stood on the wire, before an URL was made of it. */
  target: string
}

/** What answers at a port; every `HttpHandler` does. */
export interface Door {
  fetch(request: Request, connection?: Connection): Promise<Response>
}

export interface ListenLimits {
  /** Until the headers of a request are there. Default 10 s. */
  headersTimeoutMs?: number
  /** Until its body is there. Default 60 s. */
  requestTimeoutMs?: number
  /** How long a connection may be silent between requests. Default 30 s. */
  keepAliveTimeoutMs?: number
  /** How long a connection may be silent while a request is answered. Default 5 min. */
  idleTimeoutMs?: number
  /** Longest headers, bytes. Default 16 KiB. */
  headerBytes?: number
  /** Most connections at a time. Default 2,048. */
  connections?: number
  /** How often the time-outs are looked at. Default 1 s. */
  checkIntervalMs?: number
}

export interface ListenOptions {
  /** `localhost` means both loopback addresses. */
  host: string
  /** 0 for any that is free; any other is taken as it is, or refused. */
  port: number
  log: Logger
  limits?: ListenLimits | undefined
}

export interface Listening {
  /** Origin without a slash at its end; by a loopback address when the host means all interfaces. */
  url: string
  host: string
  port: number
  /** Takes no more requests, ends event streams, waits for the rest as long as `graceMs` allows (10 s), then cuts it off. */
  close(options?: {graceMs?: number}): Promise<void>
}

/**
 * Listens where it was told and nowhere else.
 *
 * @throws BiomajError `port_in_use` with the holder in `details`; `config_invalid` for an address that is not ours
 */
export async function listen(door: Door, options: ListenOptions): Promise<Listening> {
  const addresses = options.host === 'localhost' ? ['127.0.0.1', '::1'] : [options.host]
  for (let attempt = 1; ; attempt++) {
    const servers: ClosableServer[] = []
    let {port} = options
    try {
      for (const address of addresses) {
        const server = new ClosableServer(door, options)
        try {
          port = await server.listen(address, port)
          servers.push(server)
        } catch (error) {
          // A machine without IPv6 still has a localhost.
          if (!(servers.length > 0 && isWithoutAddress(error))) throw error
        }
      }
      return {
        url: urlOf(options.host, port),
        host: options.host,
        port,
        close: async closing => void (await Promise.all(servers.map(server => server.close(closing)))),
      }
    } catch (error) {
      await Promise.all(servers.map(server => server.close({graceMs: 0})))
      // The port that was free on one loopback address may be taken on the other.
      if (options.port === 0 && isTaken(error) && attempt < 20) continue
      throw await explained(error, {host: options.host, port})
    }
  }
}

/** A server that knows its connections, so that it can end those that wait for nothing. */
class ClosableServer {
  readonly #server: Server
  readonly #log: Logger
  readonly #closing = new AbortController()
  /** Connections with the number of requests that are being answered. */
  readonly #connections = new Map<Socket, number>()

  constructor(door: Door, {log, limits = {}}: ListenOptions) {
    this.#log = log
    const answer = getRequestListener(
      async (request, {incoming, outgoing}) => {
        await this.#answer(door, request, {incoming, outgoing} as HttpBindings)
        return RESPONSE_ALREADY_SENT
      },
      {
        overrideGlobalObjects: false,
        errorHandler: () => failure(400, {code: 'bad_request', message: 'Refused: the request makes no URL'}),
      },
    )
    this.#server = createServer(
      {
        headersTimeout: limits.headersTimeoutMs ?? 10_000,
        requestTimeout: limits.requestTimeoutMs ?? 60_000,
        keepAliveTimeout: limits.keepAliveTimeoutMs ?? 30_000,
        connectionsCheckingInterval: limits.checkIntervalMs ?? 1000,
        maxHeaderSize: limits.headerBytes ?? 16 * 1024,
      },
      (incoming, outgoing) => {
        this.#count(incoming.socket, outgoing)
        void answer(incoming, outgoing)
      },
    )
    this.#server.maxConnections = limits.connections ?? 2048
    this.#server.setTimeout(limits.idleTimeoutMs ?? 300_000)
    this.#server.on('connection', socket => {
      this.#connections.set(socket, 0)
      socket.once('close', () => this.#connections.delete(socket))
    })
  }

  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({host, port, exclusive: true}, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
    return (this.#server.address() as AddressInfo).port
  }

  async close({graceMs = 10_000}: {graceMs?: number} = {}): Promise<void> {
    this.#closing.abort()
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()))
    for (const [socket, requests] of this.#connections) if (requests === 0) socket.destroySoon()
    const timer = setTimeout(() => this.#cutOff(), graceMs)
    await closed
    clearTimeout(timer)
  }

  #cutOff(): void {
    for (const socket of this.#connections.keys()) socket.destroy()
  }

  #count(socket: Socket, outgoing: ServerResponse): void {
    this.#connections.set(socket, (this.#connections.get(socket) ?? 0) + 1)
    outgoing.once('close', () => {
      const left = (this.#connections.get(socket) ?? 1) - 1
      if (this.#connections.has(socket)) this.#connections.set(socket, left)
      if (left === 0 && this.#closing.signal.aborted) socket.destroySoon()
    })
  }

  async #answer(door: Door, request: Request, {incoming, outgoing}: HttpBindings): Promise<void> {
    const connection = {remoteAddress: addressOf(incoming), target: incoming.url ?? ''}
    try {
      const whole = withGetBody(request, incoming)
      const {signal} = request
      const response = await door.fetch(whole === request ? request : new Request(whole, {signal}), connection)
      await send(response, outgoing, this.#closing.signal)
    } catch (error) {
      this.#log.warn({err: error, method: incoming.method}, 'an answer broke off')
      if (outgoing.headersSent) outgoing.destroy()
      else await send(failure(500, {code: 'internal', message: 'The request failed'}), outgoing, this.#closing.signal)
    }
  }
}

function addressOf({socket}: IncomingMessage): string {
  return (socket.remoteAddress ?? 'unknown').replace(/^::ffff:/, '')
}

function urlOf(host: string, port: number): string {
  if (host === '0.0.0.0') return `http://127.0.0.1:${port}`
  if (host === '::') return `http://[::1]:${port}`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code
}

function isTaken(error: unknown): boolean {
  return codeOf(error) === 'EADDRINUSE'
}

function isWithoutAddress(error: unknown): boolean {
  return codeOf(error) === 'EADDRNOTAVAIL' || codeOf(error) === 'EAFNOSUPPORT'
}

async function explained(error: unknown, {host, port}: {host: string; port: number}): Promise<unknown> {
  if (isTaken(error)) {
    const holder = await findPortHolder(port)
    const by = holder ? ` by process ${holder.pid} (${holder.command})` : ''
    return new BiomajError({
      code: 'port_in_use',
      message: `Port ${port} on ${host} is in use${by}`,
      hint: 'Choose another one with --port, or any that is free with --port 0',
      details: {host, port, ...(holder && {pid: holder.pid, command: holder.command})},
      cause: error,
    })
  }
  const code = codeOf(error)
  if (code !== undefined && ['EACCES', 'EADDRNOTAVAIL', 'EAFNOSUPPORT', 'ENOTFOUND', 'EAI_AGAIN'].includes(code)) {
    return new BiomajError({
      code: 'config_invalid',
      message: `Cannot listen on ${host}, port ${port} (${code})`,
      hint:
        code === 'EACCES' ? 'Choose a port above 1023 with --port' : 'Choose an address of this machine with --host',
      details: {host, port},
      cause: error,
    })
  }
  return error
}
