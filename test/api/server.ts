import {once} from 'node:events'
import {createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse} from 'node:http'
import {createServer as createNetServer, type AddressInfo, type Server as NetServer, type Socket} from 'node:net'

export interface Received {
  method: string
  path: string
  headers: IncomingMessage['headers']
}

export interface LocalServer {
  url: URL
  port: number
  /** Requests in order of arrival; a plain TCP server has none. */
  requests: Received[]
  /** Every connection that was ever made. */
  sockets: Socket[]
  /** Resolves when no connection is open any more. */
  allClosed: () => Promise<void>
  close: () => Promise<void>
}

type Answering = (request: IncomingMessage, response: ServerResponse) => void

/** A real HTTP server on a free loopback port. */
export async function startServer(
  answer: Answering,
  create: (listener: RequestListener) => Server = listener => createServer(listener),
): Promise<LocalServer> {
  const requests: Received[] = []
  const server = create((request, response) => {
    requests.push({method: request.method ?? '', path: request.url ?? '', headers: request.headers})
    response.on('error', () => response.destroy())
    answer(request, response)
  })
  return listening(server, requests)
}

/** A TCP server, for what no HTTP server would do. */
export async function startTcpServer(connected: (socket: Socket) => void): Promise<LocalServer> {
  return listening(createNetServer(connected), [])
}

async function listening(server: Server | NetServer, requests: Received[]): Promise<LocalServer> {
  const sockets: Socket[] = []
  server.on('connection', (socket: Socket) => {
    sockets.push(socket)
    socket.on('error', () => socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  const allClosed = async () => {
    const open = sockets.filter(socket => !socket.closed)
    await Promise.all(open.map(async socket => new Promise(resolve => socket.once('close', resolve))))
  }
  return {
    url: new URL(`http://127.0.0.1:${port}`),
    port,
    requests,
    sockets,
    allClosed,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      if (server.listening) await once(server, 'close')
    },
  }
}

/** Closes what the tests of a file started. */
export class Servers {
  readonly #started: Array<{close: () => Promise<void>}> = []

  keep<Started extends {close: () => Promise<void>}>(server: Started): Started {
    this.#started.push(server)
    return server
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.#started.splice(0).map(async server => server.close()))
  }
}

export function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify(value))
}

export const pong = (_: unknown, response: ServerResponse): void => json(response, {msg: 'pong'})
