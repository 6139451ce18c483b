/** The formats of time that are on BioMAJ's wire, and ours. */

/** Wall clock of the server without a zone: `2026-11-21 09:17:38`. */
export function serverTime(epochSeconds: number): string {
  const time = new Date(epochSeconds * 1000)
  const day = [time.getFullYear(), time.getMonth() + 1, time.getDate()].map(two).join('-')
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`
}

/** `Sat, 21 Nov 2026 09:17:38 GMT`; a fraction of a second is dropped. */
export function httpDate(ms: number): string {
  return new Date(ms).toUTCString()
}

/** How Python prints a time in UTC that has no fraction: `2026-11-21 09:17:38`. */
export function utcText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

/** RFC 3339, with milliseconds. */
export function moment(ms: number): string {
  return new Date(ms).toISOString()
}

export function momentOrNull(ms: number | null): string | null {
  return ms === null ? null : moment(ms)
}

/** A float as Python prints it: sessions are named so. */
export function pythonFloat(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

export function pythonTruth(value: boolean | null): string {
  if (value === null) return 'None'
  return value ? 'True' : 'False'
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
