import {once} from 'node:events'
import {createServer, request} from 'node:http'
import type {AddressInfo} from 'node:net'

export interface CountingProxy {
  url: string
  /** Requests, and bytes of the bodies that answered them. */
  readonly counted: {requests: number; bytes: number}
  stop(): Promise<void>
}

/** Hands everything on, and counts it. */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const counted = {requests: 0, bytes: 0}
  const server = createServer((incoming, outgoing) => {
    counted.requests += 1
    const {method = 'GET', headers, url = '/'} = incoming
    const onward = request(new URL(url, target), {method, headers}, response => {
      outgoing.writeHead(response.statusCode ?? 502, response.headers)
      response.on('data', (chunk: Buffer) => {
        counted.bytes += chunk.length
      })
      response.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const {port} = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    counted,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
