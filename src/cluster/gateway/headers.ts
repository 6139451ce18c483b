// They speak of one connection, not of the request that goes on.
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

// Whoever comes in by the public door could claim anything with these.
const claims = [
  'forwarded',
  'via',
  'x-client-ip',
  'x-forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-forwarded-server',
  'x-forwarded-user',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-uri',
  'x-original-url',
  'x-real-ip',
  'x-remote-user',
  'x-rewrite-url',
]

/**
 * Headers of a request as a service may believe them. `X-Forwarded-Uri` stays: `GET /api/daemon/expose` answers
 * questions about it, and trusts nothing in it.
 */
export function headersForUpstream(
  headers: Headers,
  known: {requestId: string; remoteAddress: string; host: string},
): Headers {
  const cleaned = withoutHopByHop(headers)
  for (const name of claims) cleaned.delete(name)
  // The body was read whole, and its length is told anew.
  for (const name of ['host', 'content-length', 'expect']) cleaned.delete(name)
  cleaned.set('x-request-id', known.requestId)
  cleaned.set('x-forwarded-for', known.remoteAddress)
  cleaned.set('x-forwarded-host', known.host)
  cleaned.set('x-forwarded-proto', 'http')
  return cleaned
}

/** Headers of an answer as they leave the cluster. What the service says itself wins over the defaults. */
export function headersForClient(headers: Headers, requestId: string): Headers {
  const cleaned = withoutHopByHop(headers)
  for (const name of ['server', 'x-powered-by']) cleaned.delete(name)
  const defaults = {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  }
  for (const [name, value] of Object.entries(defaults)) if (!cleaned.has(name)) cleaned.set(name, value)
  cleaned.set('x-request-id', requestId)
  return cleaned
}

export function withoutHopByHop(headers: Headers): Headers {
  const cleaned = new Headers(headers)
  const listed = (headers.get('connection') ?? '').split(',').map(name => name.trim().toLowerCase())
  for (const name of [...hopByHop, ...listed]) if (/^[a-z0-9-]+$/.test(name)) cleaned.delete(name)
  return cleaned
}
