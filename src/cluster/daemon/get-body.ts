import type {IncomingMessage} from 'node:http'

/**
 * BioMAJ's `show` and `search` are GETs with a body, which a `Request` cannot have. A server that takes requests from the
 * network makes them POSTs of the same address with this, and the daemon knows them as such; all others stay what they are.
 *
 * @param incoming what came from the network, with its body not yet read
 */
export function withGetBody(request: Request, incoming: IncomingMessage): Request {
  const {headers, method} = incoming
  const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
  if (method !== 'GET' || !hasBody) return request
  if (!/\/api\/daemon\/(?:search|bank\/[^/?]+\/show)(?:\?|$)/.test(request.url)) return request
  return new Request(request.url, {
    method: 'POST',
    headers: request.headers,
    body: ReadableStream.from(incoming),
    duplex: 'half',
  })
}
