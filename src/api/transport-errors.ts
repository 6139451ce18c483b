import {BiomajError} from '../shared/errors.js'
import {sanitise} from '../shared/sanitise.js'
import {type Exchange, withoutKey} from './exchange.js'

const tlsCodes =
  /^(CERT_|ERR_TLS|ERR_SSL|ERR_OSSL|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|EPROTO)/

// What OpenSSL makes of the first bytes of an answer that is not encrypted.
const plainHttp = /wrong[_ ]version[_ ]number|packet[_ ]length[_ ]too[_ ]long/i

/** The error of a request that got no whole answer. `thrown` is what the HTTP client threw. */
export function errorFromTransport(thrown: unknown, exchange: Exchange): BiomajError {
  if (thrown instanceof BiomajError) return thrown
  const {origin, route} = exchange
  const cause = plainCause(thrown, exchange)
  const {code = '', message} = cause
  if (code === 'ETIMEDOUT') {
    return new BiomajError({code: 'timeout', message: `No whole answer from ${origin} to ${route} in time`, cause})
  }
  if (origin.startsWith('https:') && plainHttp.test(`${code} ${message}`)) {
    return new BiomajError({
      code: 'tls',
      message: `${origin} answers without TLS: that port speaks plain http`,
      hint: `Try ${origin.replace(/^https/, 'http')}.`,
      details: {cause: code},
      cause,
    })
  }
  if (tlsCodes.test(code)) {
    return new BiomajError({
      code: 'tls',
      message: `No trusted connection to ${origin}: ${firstLine(message)} (${code})`,
      details: {cause: code},
      cause,
    })
  }
  if (code.startsWith('HPE_') || code === 'Z_DATA_ERROR') {
    const what = code === 'Z_DATA_ERROR' ? 'with a body that cannot be unpacked' : 'with something that is not HTTP'
    return new BiomajError({
      code: 'protocol',
      message: `${origin} answered ${route} ${what}`,
      details: {cause: code},
      cause,
    })
  }
  return new BiomajError({
    code: 'unreachable',
    message: `Cannot reach ${origin}: ${wordsOfCode(code) ?? wordsOfProxy(message) ?? firstLine(message)}`,
    details: code === '' ? undefined : {cause: code},
    cause,
  })
}

/** The client's errors carry the request with its headers, and so the key: this one has only words. */
function plainCause(thrown: unknown, exchange: Exchange): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = thrown instanceof Error ? thrown : new Error(String(thrown))
  const plain: NodeJS.ErrnoException = new Error(withoutKey(error.message, exchange))
  plain.name = error.name
  if (error.stack !== undefined) plain.stack = withoutKey(error.stack, exchange)
  const code = codeOf(error)
  if (code !== undefined) plain.code = code
  return plain
}

/** The client has codes of its own for what went wrong while it read; the reason is behind them. */
function codeOf(error: Error & {code?: unknown}): string | undefined {
  const own = typeof error.code === 'string' ? error.code : undefined
  const veiled = own === undefined || own === 'ERR_READING_RESPONSE_STREAM' || own.startsWith('ERR_GOT_')
  return veiled && error.cause instanceof Error ? (codeOf(error.cause) ?? own) : own
}

/** Node appends advice about its own command line after a semicolon, and openssl more lines. */
function firstLine(message: string): string {
  return sanitise(message.split(/[\n;]/)[0] ?? '')
}

/** What the agent says when the HTTP proxy of the environment does not connect. */
function wordsOfProxy(message: string): string | undefined {
  if (message === 'Proxy timeout') return 'the HTTP proxy on the way did not answer'
  const status = /^Bad response: (\d+)$/.exec(message)?.[1]
  return status === undefined ? undefined : `the HTTP proxy on the way refused (HTTP ${status})`
}

function wordsOfCode(code: string): string | undefined {
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused'
    case 'ECONNRESET':
    case 'EPIPE':
      return 'the connection broke'
    case 'Z_BUF_ERROR':
    case 'ERR_HTTP_CONTENT_LENGTH_MISMATCH':
      return 'the answer was cut short'
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'the host name is unknown'
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return 'no route to the host'
    default:
      return undefined
  }
}
