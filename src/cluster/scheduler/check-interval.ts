/** Days between two looks at a remote side, from the most to the least eager. */
const intervals = [1, 7, 14, 30, 90] as const

/** Looks without a change after which each further one makes the interval longer. */
const patience = 3

/** How eagerly a bank is looked at. */
export interface CheckPace {
  intervalDays: number
  /** Looks since the last new release. */
  unchanged: number
}

/** The pace after a look that found what was there before, or nothing. */
export function afterNothingNew({intervalDays, unchanged}: CheckPace): CheckPace {
  const tries = unchanged + 1
  if (tries < patience) return {intervalDays, unchanged: tries}
  const longer = intervals.find(days => days > intervalDays) ?? intervals[intervals.length - 1] ?? intervalDays
  return {intervalDays: longer, unchanged: tries}
}

/** The pace after a new release. When the very first look since the last one found it, others may have been missed. */
export function afterNewRelease({intervalDays, unchanged}: CheckPace): CheckPace {
  if (unchanged > 0) return {intervalDays, unchanged: 0}
  return {intervalDays: intervals.findLast(days => days < intervalDays) ?? intervals[0], unchanged: 0}
}
