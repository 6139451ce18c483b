import {createConnection} from 'node:net'
import pino, {type Logger} from 'pino'
import {createGateway, type GatewayOptions} from '../../../src/cluster/gateway/gateway.js'
import {type Door, type Listening, type ListenLimits, listen} from '../../../src/cluster/gateway/listen.js'
import type {HttpHandler} from '../../../src/cluster/services/service.js'

/** A logger whose lines can be looked at. */
export function recordingLog(): {log: Logger; lines: Array<Record<string, unknown>>} {
  const lines: Array<Record<string, unknown>> = []
  const log = pino({level: 'debug', base: null}, {write: (line: string) => lines.push(JSON.parse(line))})
  return {log, lines}
}

export const silentLog = pino({level: 'silent'})

/** A handler that shows what reached it. */
export const echo: HttpHandler = {
  fetch: async request =>
    Response.json(
      {
        method: request.method,
        path: new URL(request.url).pathname,
        search: new URL(request.url).search,
        headers: Object.fromEntries(request.headers),
        body: await request.text(),
      },
      {headers: {server: 'inner', 'x-powered-by': 'inner', connection: 'keep-alive, x-inner', 'x-inner': '1'}},
    ),
}

export function gatewayOf(options: Partial<GatewayOptions> = {}): Door {
  return createGateway({
    upstreams: {daemon: echo},
    settings: {host: '127.0.0.1', name: 'local'},
    log: silentLog,
    ...options,
  })
}

/** Things to close when a test ends, last one first. */
export class Closing {
  readonly #closers: Array<() => Promise<void> | void> = []

  add(close: () => Promise<void> | void): void {
    this.#closers.push(close)
  }

  async serve(door: Door, limits?: ListenLimits, log: Logger = silentLog): Promise<Listening> {
    const listening = await listen(door, {host: '127.0.0.1', port: 0, log, limits})
    this.add(() => listening.close({graceMs: 0}))
    return listening
  }

  async closeAll(): Promise<void> {
    for (const close of this.#closers.splice(0).toReversed()) await close()
  }
}

/** Bytes as they are, over a connection of their own; what came back until it was closed. */
export async function raw(port: number, text: string): Promise<string> {
  return await new Promise<string>((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1', () => socket.write(text))
    let answer = ''
    socket.setEncoding('utf8')
    socket.on('data', chunk => (answer += chunk))
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
  })
}

/** The answer to one request line, over HTTP/1.1, with the connection closed after it. */
export async function rawRequest(port: number, line: string, headers: string[] = []): Promise<string> {
  return await raw(
    port,
    [`${line} HTTP/1.1`, `Host: 127.0.0.1:${port}`, 'Connection: close', ...headers, '', ''].join('\r\n'),
  )
}
