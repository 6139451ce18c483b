const unitsMs = {ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000} as const

/** Milliseconds of `90`, `90s`, `1h30m`, `500ms` (a bare number is seconds), or undefined if it is not a duration. */
export function parseDurationMs(text: string): number | undefined {
  const trimmed = text.trim()
  if (/^\d+(\.\d+)?$/.test(trimmed)) return wholeMs(Number(trimmed) * 1000)
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(trimmed)) return undefined
  let totalMs = 0
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    totalMs += Number(amount) * unitsMs[unit as keyof typeof unitsMs]
  }
  return wholeMs(totalMs)
}

/** Undefined for a number too large to count with. */
function wholeMs(ms: number): number | undefined {
  const whole = Math.round(ms)
  return Number.isSafeInteger(whole) ? whole : undefined
}

/** A duration for people: `0.4s`, `12s`, `3m 05s`, `2h 07m`, `3d 4h`. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, durationMs) / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)}s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole}s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return `${minutes}m ${pad(whole % 60)}s`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `${hours}h ${pad(minutes % 60)}m`
  return `${Math.floor(hours / 24)}d ${hours % 24}h`
}

function pad(number: number): string {
  return String(number).padStart(2, '0')
}
