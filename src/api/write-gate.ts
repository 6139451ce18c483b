import {BiomajError} from '../shared/errors.js'

// `POST /api/daemon` is both: these of its options only read. The rest of BioMAJ's options are actions.
const readings: ReadonlySet<string> = new Set([
  'version',
  'history',
  'stats',
  'whatsup',
  'search',
  'show',
  'check',
  'status',
  'statusko',
  'updatestatus',
  'aboutme',
  'datalist',
])
// What a reading may have beside it.
const details: ReadonlySet<string> = new Set([
  'bank',
  'release',
  'json',
  'proxy',
  'historyLimit',
  'query',
  'formats',
  'types',
  'userlogin',
  'userpassword',
])

/**
 * Refuses a request that may change something: all but GET, and of `POST /api/daemon` all but those whose every option
 * reads. What is not known to read is taken for a write. BioMAJ itself notes a bank that is looked at for the first time,
 * by whatever route; nothing else is changed by a reading.
 *
 * @throws {BiomajError} `read_only`
 */
export function requireRead(method: string, route: string, body: unknown): void {
  if (method === 'GET' || (method === 'POST' && route === '/api/daemon' && isReading(body))) return
  throw new BiomajError({
    code: 'read_only',
    message: `Not sent, because this client only reads: ${method} ${route}${namesOf(body)}`,
  })
}

function isReading(body: unknown): boolean {
  const options = Object.entries(optionsOf(body)).filter(([, value]) => isSet(value))
  return (
    options.some(([name]) => readings.has(name)) && options.every(([name]) => readings.has(name) || details.has(name))
  )
}

/** As Python's `if` sees a value: an empty list or object is unset too, but none of ours is one. */
function isSet(value: unknown): boolean {
  return value !== false && value !== null && value !== undefined && value !== '' && value !== 0
}

function optionsOf(body: unknown): object {
  const isBody = typeof body === 'object' && body !== null && 'options' in body
  return isBody && typeof body.options === 'object' && body.options !== null ? body.options : {}
}

/** Names alone: values may be secret. */
function namesOf(body: unknown): string {
  const names = Object.entries(optionsOf(body)).flatMap(([name, value]) =>
    isSet(value) && !details.has(name) ? [name] : [],
  )
  return names.length === 0 ? '' : ` {${names.join(', ')}}`
}
