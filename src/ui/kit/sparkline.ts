const bars = '▁▂▃▄▅▆▇█'

/** The last values as bars, the highest of them being the full height; as many as there are cells. */
export function sparkline(values: readonly number[], width: number): string {
  const shown = values.slice(-width)
  const most = Math.max(1, ...shown)
  return shown.map(value => bars[Math.round((value / most) * (bars.length - 1))] ?? ' ').join('')
}
