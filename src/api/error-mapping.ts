import {BiomajError, type ErrorCode} from '../shared/errors.js'
import {sanitise} from '../shared/sanitise.js'

/**
 * The one place that knows how a BioMAJ cluster says no: as HTTP 200 with `status: false`, as an HTML
 * page whose only paragraph may hold the reason, as a bare 401 for a key that it does not know, or not at all.
 */

export interface Exchange {
  /** `POST /api/daemon`, for messages. */
  route: string
  /** Scheme, host and port that were asked. */
  origin: string
  /** The request carried an API key. */
  withKey: boolean
}

const loginHint = 'Run `biomaj login`, or set BIOMAJ_APIKEY.'

/** What the server's own words mean. The first match decides; the words come from `biomaj_daemon` and `biomaj`. */
const meanings: ReadonlyArray<{
  words: RegExp
  code: ErrorCode
  message?: (match: RegExpMatchArray) => string
  hint?: string
}> = [
  {
    words: /Configuration file (.+?)\.properties does not exist/,
    code: 'bank_not_found',
    message: match => `There is no bank "${match[1]}" on this cluster`,
    hint: 'See `biomaj banks` for those you may see.',
  },
  {
    words: /Bank is locked/,
    code: 'bank_locked',
    hint: 'An action is running, or died and left its lock: `biomaj status` shows which.',
  },
  {words: /maintenance/i, code: 'maintenance', hint: 'Wait until an administrator ends it.'},
  {words: /No production session could be found for this release/, code: 'release_not_found'},
  {words: /Invalid credentials/, code: 'bad_credentials', hint: 'Check user and password; the API key stays valid.'},
  {words: /Access forbidden|not authorized|Not authorized/, code: 'forbidden'},
  {words: /^401 Unauthorized|requires authentication with api key/, code: 'login_required'},
]

function unauthorised(withKey: boolean): BiomajError {
  return withKey
    ? new BiomajError({
        code: 'key_invalid',
        message: 'The cluster does not know this API key',
        hint: 'It may have been renewed: run `biomaj login` again, or correct BIOMAJ_APIKEY.',
      })
    : new BiomajError({code: 'login_required', message: 'The cluster wants an API key for this', hint: loginHint})
}

/** An error from the words of the server, whatever carried them. */
export function errorFromWords(words: string, exchange: Exchange, otherwise: ErrorCode = 'refused'): BiomajError {
  const text = sanitise(words).trim()
  for (const {words: pattern, code, message, hint} of meanings) {
    const match = pattern.exec(text)
    if (!match) continue
    if (code === 'login_required') return unauthorised(exchange.withKey)
    return new BiomajError({code, message: message?.(match) ?? text, hint, details: {serverMessage: text}})
  }
  return new BiomajError({
    code: otherwise,
    message: text === '' ? `The cluster refused ${exchange.route} without a reason` : text,
    details: text === '' ? undefined : {serverMessage: text},
  })
}

/** The error of an answer whose status is not 2xx. */
export function errorFromStatus(status: number, body: string, exchange: Exchange): BiomajError {
  const reason = reasonInPage(body)
  if (status === 401) return unauthorised(exchange.withKey)
  if (status === 403) return new BiomajError({code: 'forbidden', message: reason || 'The cluster forbids this'})
  if (status === 404 || status === 405) {
    return new BiomajError({
      code: 'protocol',
      message: `${exchange.origin} has no ${exchange.route} (HTTP ${status})`,
      hint: 'Is this the address of a BioMAJ public proxy? An old daemon may also lack this route.',
      details: {status},
    })
  }
  if (status === 408 || status === 425 || status === 429 || status === 502 || status === 503 || status === 504) {
    return new BiomajError({
      code: 'unreachable',
      message: `The cluster cannot answer now (HTTP ${status} to ${exchange.route})`,
      hint: 'The proxy answers but the daemon behind it does not. Try again later.',
      details: {status},
    })
  }
  // Flask's own paragraph for an exception that it did not expect says nothing.
  const said = reason.startsWith('The server encountered an internal error') ? '' : reason
  const error = errorFromWords(said, exchange, 'server_error')
  if (said !== '') return error
  return new BiomajError({
    code: 'server_error',
    message: `The cluster failed on ${exchange.route} (HTTP ${status}) and gave no reason`,
    hint: "An administrator finds it in the log of the daemon's web service.",
    details: {status},
  })
}

/** The text of the first paragraph of an error page, or of a plain text answer. */
function reasonInPage(body: string): string {
  const paragraph = /<p>([\s\S]*?)<\/p>/i.exec(body)?.[1]
  const text = paragraph ?? (/<[a-z!]/i.test(body) ? '' : body.slice(0, 500))
  return text
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

const tlsCodes = /^(CERT_|ERR_TLS|ERR_SSL|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO)/

/** The error of a request that got no whole answer. `cause` is what the HTTP client threw. */
export function errorFromTransport(cause: unknown, {origin, route}: Exchange): BiomajError {
  if (cause instanceof BiomajError) return cause
  const {code = '', message}: NodeJS.ErrnoException = cause instanceof Error ? cause : new Error(String(cause))
  if (code === 'ETIMEDOUT') {
    return new BiomajError({
      code: 'timeout',
      message: `No answer from ${origin} to ${route} in time`,
      hint: 'Try again, or allow more with --request-timeout.',
      cause,
    })
  }
  if (tlsCodes.test(code)) {
    return new BiomajError({
      code: 'tls',
      message: `No trusted connection to ${origin}: ${sanitise(message)} (${code})`,
      hint: 'Give the certificate authority with --ca-file FILE, or check the address.',
      cause,
    })
  }
  return new BiomajError({
    code: 'unreachable',
    message: `Cannot reach ${origin}: ${wordsOfCode(code) ?? sanitise(message)}`,
    hint: 'Check the address, the network and whether the cluster runs.',
    details: code === '' ? undefined : {cause: code},
    cause,
  })
}

function wordsOfCode(code: string): string | undefined {
  switch (code) {
    case 'ECONNREFUSED':
      return 'connection refused'
    case 'ECONNRESET':
      return 'the connection broke'
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
