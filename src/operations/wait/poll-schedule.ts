const eagerMs = 30_000
const firstDelayMs = 2000
const slowestMs = 15_000
const slowestAfterAnHourMs = 30_000
const hourMs = 3_600_000
const jitter = 0.2

/**
 * Time until the next look: 2 s at first, then half as long again each time up to 15 s, and 30 s after an hour;
 * give or take 20 %, so that many clients do not ask in step.
 *
 * @param random 0 to 1
 */
export function nextDelayMs({
  elapsedMs,
  previousMs,
  random,
}: {
  elapsedMs: number
  previousMs: number
  random: number
}): number {
  const cap = elapsedMs > hourMs ? slowestAfterAnHourMs : slowestMs
  const base = elapsedMs < eagerMs ? firstDelayMs : Math.min(cap, Math.max(firstDelayMs, previousMs) * 1.5)
  return Math.round(base * (1 - jitter + 2 * jitter * random))
}
