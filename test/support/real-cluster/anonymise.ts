/**
 * Makes recordings of a real cluster comparable: machine paths, addresses, times and random ids become fixed ones.
 * Equal stays equal and order stays order; the distance between two times is lost.
 */
export interface Machine {
  root: string
  address: string
  /** Other folders, such as an upstream's, and what to call them. */
  folders?: Readonly<Record<string, string>>
  /** How far the servers' local time is ahead of UTC. */
  aheadOfUtcMs: number
  /** Moves this instant to the start of the recording and keeps distances; without it, times are evened out to one second each. */
  startedAtMs?: number
}

const standIn = {root: '/var/lib/biomaj/data', address: '172.18.0.5'}
/** What every recording calls its first second. */
export const recordingStart = Date.UTC(2026, 0, 15, 10, 0, 0)
const firstSecond = recordingStart / 1000

const weekdays = 'Mon|Tue|Wed|Thu|Fri|Sat|Sun'
const months = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec'
const times = new RegExp(
  [
    `(?<http>(?:${weekdays}), \\d{2} (?:${months}) \\d{4} \\d{2}:\\d{2}:\\d{2} GMT)`,
    '(?<naive>\\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2})(?<milliseconds>,\\d{3})?',
    '(?<seconds>\\b1[78]\\d{8})(?<fraction>\\.\\d+)?(?!\\d)',
  ].join('|'),
  'gu',
)

export function anonymise(text: string, machine: Machine): string {
  let result = text
  for (const [folder, name] of Object.entries(machine.folders ?? {})) result = result.replaceAll(folder, name)
  result = result
    .replaceAll(machine.root, standIn.root)
    .replaceAll(new RegExp(`${escaped(machine.address)}:\\d+`, 'gu'), `${standIn.address}:5000`)
  result = result.replaceAll(machine.address, standIn.address).replaceAll(/127\.0\.0\.1:\d+/gu, 'upstream.example.org')
  result = result.replaceAll(/\bport=\d+/gu, 'port=5000').replaceAll(/\b0x[0-9a-f]{8,}/gu, '0x7f0000000000')
  result = numbered(
    result,
    /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gu,
    index => `00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`,
  )
  return evenTimes(result, machine)
}

function numbered(text: string, pattern: RegExp, name: (index: number) => string): string {
  const found = [...new Set(text.match(pattern))]
  return text.replaceAll(pattern, match => name(found.indexOf(match)))
}

function evenTimes(text: string, {aheadOfUtcMs, startedAtMs}: Machine): string {
  const aheadSeconds = aheadOfUtcMs / 1000
  const secondsOf = (groups: Record<string, string | undefined>): number => {
    if (groups['http'] !== undefined) return Date.parse(groups['http']) / 1000
    if (groups['naive'] !== undefined) return Date.parse(`${groups['naive'].replace(' ', 'T')}Z`) / 1000 - aheadSeconds
    return Number(groups['seconds'])
  }
  const matches = [...text.matchAll(times)].map(match => ({groups: match.groups ?? {}, text: match[0]}))
  const seconds = [...new Set(matches.map(({groups}) => secondsOf(groups)))].toSorted((a, b) => a - b)
  const fractions = [
    ...new Set(matches.filter(({groups}) => groups['fraction'] !== undefined).map(match => match.text)),
  ].toSorted()
  return text.replaceAll(times, (...parts: unknown[]) => {
    const groups = parts.at(-1) as Record<string, string | undefined>
    const whole =
      firstSecond +
      (startedAtMs === undefined
        ? seconds.indexOf(secondsOf(groups))
        : secondsOf(groups) - Math.floor(startedAtMs / 1000))
    if (groups['http'] !== undefined) return new Date(whole * 1000).toUTCString()
    if (groups['naive'] !== undefined) {
      const local = new Date((whole + aheadSeconds) * 1000).toISOString().slice(0, 19).replace('T', ' ')
      return groups['milliseconds'] === undefined
        ? local
        : `${local}${startedAtMs === undefined ? ',000' : groups['milliseconds']}`
    }
    if (groups['fraction'] === undefined) return String(whole)
    if (startedAtMs !== undefined) return `${whole}${groups['fraction']}`
    const sameSecond = fractions.filter(other => other.startsWith(`${groups['seconds'] ?? ''}.`))
    return `${whole}.${sameSecond.indexOf(parts[0] as string) + 1}25`
  })
}

function escaped(text: string): string {
  return text.replaceAll('.', '\\.')
}
