const units = ['kB', 'MB', 'GB', 'TB', 'PB']

/** Bytes for people, in powers of 1000 as disks are sold: `712 B`, `3.4 GB`; `-` for unknown. */
export function sizeCell(bytes: number | null): string {
  if (bytes === null) return '-'
  let value = bytes
  let unit = 'B'
  for (const larger of units) {
    if (value < 999.5) break
    value /= 1000
    unit = larger
  }
  return `${unit === 'B' || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${unit}`
}
