import type {ServerTime} from '../api/contract/time.js'

/** How instants are shown: for people as their distance from now, in a pipe as they are. */
export interface TimeStyle {
  now: Date
  relative: boolean
}

/** A wall clock of the server, as it is: nobody here knows its zone. */
export function serverTimeCell(time: ServerTime | null): string {
  return time?.serverLocal ?? '-'
}

/** An RFC 3339 instant. */
export function instantCell(instant: string | null, {now, relative}: TimeStyle): string {
  if (instant === null) return '-'
  return relative ? ago(now.getTime() - Date.parse(instant), instant) : instant
}

const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** `just now`, `40s ago`, `3m ago`, `5h ago`, `12d ago`; the date of what is older than a month, or in the future. */
function ago(ageMs: number, instant: string): string {
  // Clocks of two machines differ by a little.
  if (ageMs < -minuteMs) return instant
  if (ageMs < 5 * secondMs) return 'just now'
  if (ageMs < minuteMs) return `${Math.floor(ageMs / secondMs)}s ago`
  if (ageMs < hourMs) return `${Math.floor(ageMs / minuteMs)}m ago`
  if (ageMs < 2 * dayMs) return `${Math.floor(ageMs / hourMs)}h ago`
  if (ageMs < 31 * dayMs) return `${Math.floor(ageMs / dayMs)}d ago`
  return instant.slice(0, 10)
}
