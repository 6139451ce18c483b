import * as z from 'zod/mini'
import {BiomajError, type ErrorCode} from '../shared/errors.js'
import {sanitise} from '../shared/sanitise.js'
import {type Exchange, withoutKey} from './exchange.js'

/**
 * The one place that knows how a BioMAJ cluster says no: as HTTP 200 with `status: false`, as an HTML
 * page whose only paragraph may hold the reason, or as a bare 401 for a key that it does not know.
 */

/** What the server's own words mean. The first match decides; the words come from `biomaj_daemon` and `biomaj`. */
const meanings: ReadonlyArray<{
  words: RegExp
  code: ErrorCode
  message?: (match: RegExpMatchArray) => string
}> = [
  {
    words: /Configuration file (.+?)\.properties does not exist/,
    code: 'bank_not_found',
    message: match => `There is no bank "${match[1]}" on this cluster`,
  },
  {words: /Bank is locked/, code: 'bank_locked', message: () => 'The bank is locked by another action'},
  {words: /is in maintenance/i, code: 'maintenance', message: () => 'The cluster is in maintenance'},
  {
    words: /^Skip bank (.+): wrong config/,
    code: 'refused',
    message: match => `The cluster finds mistakes in the configuration of bank "${match[1]}"`,
  },
  {
    words: /No production session could be found for this release/,
    code: 'release_not_found',
    message: () => 'The bank has no such release in production',
  },
  {
    words: /^Invalid credentials/,
    code: 'bad_credentials',
    message: () => 'The cluster does not know this user and password',
  },
  {
    words: /Access forbidden|not authorized to access/,
    code: 'forbidden',
    message: () => 'Only its owner and administrators may see this bank',
  },
  {
    words: /Not authorized, bank owned by (.+)/,
    code: 'forbidden',
    message: match => `Only administrators and the owner, ${match[1]}, may do this`,
  },
  {words: /Not authorized|^403 Forbidden/, code: 'forbidden'},
  // A bank that was never seen gets its caller as owner, so this is said to anonymous callers and unknown keys.
  {words: /^401 Unauthorized|requires authentication with api key|user not authenticated/, code: 'login_required'},
  {
    words: /^HTTPConnectionPool\(.*Max retries exceeded with url: \/api\/(\w+)/,
    code: 'server_error',
    message: match => `The ${match[1]} service of the cluster does not answer`,
  },
]

function unauthorised({withKey}: Exchange): BiomajError {
  return withKey
    ? new BiomajError({code: 'key_invalid', message: 'The cluster does not know this API key'})
    : new BiomajError({code: 'login_required', message: 'The cluster wants an API key for this'})
}

/** An error from the words of the server, whatever carried them. */
export function errorFromWords(words: string, exchange: Exchange, otherwise: ErrorCode = 'refused'): BiomajError {
  const text = withoutKey(sanitise(words), exchange).trim()
  for (const {words: pattern, code, message} of meanings) {
    const match = pattern.exec(text)
    if (!match) continue
    if (code === 'login_required') return unauthorised(exchange)
    return new BiomajError({code, message: message?.(match) ?? text, details: {serverMessage: text}})
  }
  return new BiomajError({
    code: otherwise,
    message: unexplained(text, exchange, otherwise === 'server_error' ? 'failed on' : 'refused'),
    details: text === '' ? undefined : {serverMessage: text},
  })
}

/** The error of an RPC that was refused: `error` of a cluster with additions of ours, or else the words in `msg`. */
export function errorFromRefusal({msg, error}: {msg?: unknown; error?: unknown}, exchange: Exchange): BiomajError {
  const words = errorFromWords(typeof msg === 'string' ? msg : '', exchange)
  // Only this side knows whether a key went along.
  if (words.code === 'login_required' || words.code === 'key_invalid') return words
  return errorTold({error}, exchange) ?? words
}

function unexplained(text: string, {route}: Exchange, did: string): string {
  return text === '' ? `The cluster ${did} ${route} without a reason` : `The cluster ${did} ${route}: ${text}`
}

/** The error of an answer whose status is not 2xx. */
export function errorFromStatus(status: number, body: string, exchange: Exchange): BiomajError {
  const told = errorInJson(body, exchange)
  if (told) return told
  const reason = reasonInPage(body)
  if (status === 401) return unauthorised(exchange)
  if (status === 403) return errorFromWords(reason, exchange, 'forbidden')
  if (status === 404 || status === 405) {
    return new BiomajError({
      code: 'protocol',
      message: `${exchange.origin} has no ${exchange.route} (HTTP ${status})`,
      hint: 'Either this is not the public proxy of a BioMAJ cluster, or its daemon is too old for this.',
      details: {status},
    })
  }
  if (status === 408 || status === 425 || status === 429 || status === 502 || status === 503 || status === 504) {
    return new BiomajError({
      code: 'unreachable',
      message: `The cluster cannot answer now (HTTP ${status} to ${exchange.route})`,
      hint: 'Its proxy answers, but the daemon behind it does not.',
      details: {status},
    })
  }
  // Flask's own paragraph for an exception that it did not expect says nothing.
  if (reason !== '' && !reason.startsWith('The server encountered an internal error')) {
    return errorFromWords(reason, exchange, 'server_error')
  }
  return new BiomajError({
    code: 'server_error',
    message: `The cluster failed on ${exchange.route} (HTTP ${status}) and gave no reason`,
    details: {status},
  })
}

// What a cluster may say in so many words; all other codes are about this side of the connection.
const toldCodes: ReadonlySet<string> = new Set<ErrorCode>([
  'refused',
  'server_error',
  'usage',
  'login_required',
  'key_invalid',
  'bad_credentials',
  'forbidden',
  'bank_not_found',
  'release_not_found',
  'job_not_found',
  'bank_locked',
  'bank_busy',
  'bank_idle',
  'bank_exists',
  'maintenance',
])
const longestTold = 2000

/** `{"error": {code, message, hint?}}`, as clusters with additions of ours explain a refusal. */
function errorInJson(body: string, exchange: Exchange): BiomajError | undefined {
  return body.startsWith('{') ? errorTold(parsed(body), exchange) : undefined
}

function errorTold(body: unknown, exchange: Exchange): BiomajError | undefined {
  const {data} = z.safeParse(errorBody, body)
  if (!data) return undefined
  const words = (text: string) => withoutKey(sanitise(text, {maxLength: longestTold}), exchange)
  const {code, message, hint} = data.error
  if (!isTold(code)) return errorFromWords(message, exchange)
  return new BiomajError({code, message: words(message), hint: hint === undefined ? undefined : words(hint)})
}

const errorBody = z.object({error: z.object({code: z.string(), message: z.string(), hint: z.optional(z.string())})})

function isTold(code: string): code is ErrorCode {
  return toldCodes.has(code)
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    // Cut at the limit, or no JSON after all: then it says as much as any other page.
    return undefined
  }
}

/** The text of the first paragraph of an error page, or of a plain text answer. Takes linear time on any body. */
function reasonInPage(body: string): string {
  const start = body.search(/<p>/i)
  const length = start === -1 ? -1 : body.slice(start).search(/<\/p>/i)
  const text = length === -1 ? (/<[a-z!]/i.test(body) ? '' : body.slice(0, 500)) : body.slice(start, start + length)
  return text
    .replaceAll(/<[^<>]*>/g, ' ')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replaceAll(/\s+/g, ' ')
    .trim()
}
