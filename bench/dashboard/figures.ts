export type Unit = 'ms' | 'B' | 'kB' | 'MB' | '%' | 'frames' | 'per min' | ''

/** One row of the table. */
export interface Figure {
  figure: string
  unit: Unit
  value: number
  /** The most that is good enough; none where the figure is told for its own sake. */
  atMost?: number
}

/** What a part prints, as its one line of JSON. */
export interface Findings {
  figures: Figure[]
  remarks?: string[]
}

export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN
}

export function tell(findings: Findings): void {
  process.stdout.write(`${JSON.stringify(findings)}\n`)
}
