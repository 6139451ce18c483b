/**
 * BioMAJ sends two kinds of time. History and pending requests are HTTP dates in UTC. Everything else
 * (last update, session of a release) is the server's wall clock without a zone: it must not be
 * converted, only shown as what it is.
 */
export interface ServerTime {
  /** Wall clock of the server, as sent: `2026-11-21 09:17:38`. */
  serverLocal: string
}

const naive = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/

export function serverTime(text: string | undefined): ServerTime | null {
  return text !== undefined && naive.test(text) ? {serverLocal: text} : null
}

/** RFC 3339 of an HTTP date (`Sat, 21 Nov 2026 09:17:38 GMT`), or null if it is none. */
export function utcTime(text: string | undefined): string | null {
  if (text === undefined) return null
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? null : new Date(ms).toISOString().replace('.000Z', 'Z')
}
