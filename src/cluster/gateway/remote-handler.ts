import {Agent, type IncomingMessage, request as startRequest} from 'node:http'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import type {HttpHandler} from '../services/service.js'
import {withoutHopByHop} from './headers.js'

export interface RemoteHandler extends HttpHandler {
  /** Ends the connections that are kept open. */
  close(): void
}

/**
 * A service in another process. Bodies stream both ways; when the caller goes away, so does the request. Rejects when
 * the service cannot be reached or says nothing for `timeoutMs` (60 s); its body breaks off when the service's does.
 */
export function remoteHandler(url: string, {timeoutMs = 60_000}: {timeoutMs?: number} = {}): RemoteHandler {
  const base = new URL(url)
  const agent = new Agent({keepAlive: true, maxSockets: 256, maxFreeSockets: 16})
  return {
    fetch: request => pass(request, {base, agent, timeoutMs}),
    close: () => agent.destroy(),
  }
}

async function pass(
  request: Request,
  {base, agent, timeoutMs}: {base: URL; agent: Agent; timeoutMs: number},
): Promise<Response> {
  const {pathname, search} = new URL(request.url)
  const outgoing = startRequest({
    agent,
    host: base.hostname.replaceAll(/[[\]]/g, ''),
    port: base.port || 80,
    method: request.method,
    path: `${base.pathname.replace(/\/$/, '')}${pathname}${search}`,
    headers: {...Object.fromEntries(withoutHopByHop(request.headers)), host: base.host},
    signal: request.signal,
  })
  outgoing.setTimeout(timeoutMs, () => outgoing.destroy(new Error(`no word from the service for ${timeoutMs} ms`)))
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve)
    // Stays for the life of the request: what goes wrong later is told by the body.
    outgoing.on('error', reject)
  })
  if (request.body) {
    // A service may answer and hang up before it has read all; then only the answer counts.
    pipeline(Readable.fromWeb(request.body), outgoing).catch((error: unknown) => {
      outgoing.destroy(error as Error)
    })
  } else outgoing.end()
  const incoming = await answered
  // An event stream is silent for as long as it likes.
  outgoing.setTimeout(0)
  return responseOf(incoming, request.method)
}

function responseOf(incoming: IncomingMessage, method: string): Response {
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(incoming.headersDistinct)) {
    for (const value of values) headers.append(name, value)
  }
  const status = incoming.statusCode ?? 502
  const empty = method === 'HEAD' || [204, 205, 304].includes(status)
  if (empty) incoming.resume()
  const body = empty ? null : (Readable.toWeb(incoming) as ReadableStream<Uint8Array>)
  return new Response(body, {status, headers: withoutHopByHop(headers)})
}
