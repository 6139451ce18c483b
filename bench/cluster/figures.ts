/** What a figure has to be. A ratio is ours to theirs. */
export type Bar = {atMost: number} | {ratioAtMost: number} | {ratioAtLeast: number}

export type Unit = 'ms' | 's' | 'MB' | 'per s' | 'times'

/** One row of the table. */
export interface Figure {
  figure: string
  unit: Unit
  ours: number
  /** Null where unmodified BioMAJ has no such thing, or is not there. */
  theirs: number | null
  bar: Bar | null
}

/** How something goes on as there is more of it. */
export interface Curve {
  title: string
  unit: Unit
  points: ReadonlyArray<{at: string; value: number}>
}

/** What a part has found. */
export interface Findings {
  figures: readonly Figure[]
  curves?: readonly Curve[]
  /** What a reader has to know to judge the figures. */
  remarks?: readonly string[]
}

export type Verdict = 'ok' | 'missed' | 'no bar' | 'not compared'

export function ratioOf({ours, theirs}: Figure): number | null {
  return theirs === null || theirs === 0 ? null : ours / theirs
}

export function verdictOf(figure: Figure): Verdict {
  const {bar, ours} = figure
  if (bar === null) return 'no bar'
  if ('atMost' in bar) return ours <= bar.atMost ? 'ok' : 'missed'
  const ratio = ratioOf(figure)
  if (ratio === null) return 'not compared'
  return ('ratioAtMost' in bar ? ratio <= bar.ratioAtMost : ratio >= bar.ratioAtLeast) ? 'ok' : 'missed'
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2
}

/** The nearest rank: of 20 values, the 95th percentile is the second largest. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN
}
