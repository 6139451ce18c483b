import {sanitise} from '../../shared/sanitise.js'

/**
 * Tables in text, as Python's tabulate draws them: `biomaj-cli.py` prints them as they come, and people parse them.
 * A column of numbers stands to the right with its points below each other, and floats are written as `%g`.
 */

export type Cell = string | number | null

interface Line {
  begin: string
  fill: string
  between: string
  end: string
}

interface Style {
  padding: number
  row: Omit<Line, 'fill'>
  above: Line | null
  belowHeader: Line
  betweenRows: Line | null
  below: Line | null
}

const plain = {begin: '+', fill: '-', between: '+', end: '+'}
const bars = {begin: '|', between: '|', end: '|'}
const styles = {
  grid: {
    padding: 1,
    row: bars,
    above: plain,
    belowHeader: {...plain, fill: '='},
    betweenRows: plain,
    below: plain,
  },
  psql: {
    padding: 1,
    row: bars,
    above: plain,
    belowHeader: {begin: '|', fill: '-', between: '+', end: '|'},
    betweenRows: null,
    below: plain,
  },
  simple: {
    padding: 0,
    row: {begin: '', between: '  ', end: ''},
    above: null,
    belowHeader: {begin: '', fill: '-', between: '  ', end: ''},
    betweenRows: null,
    below: null,
  },
} as const satisfies Record<string, Style>

export interface Table {
  headers: readonly string[]
  rows: ReadonlyArray<readonly Cell[]>
}

export function tabulate({headers, rows}: Table, styleName: keyof typeof styles): string {
  const style: Style = styles[styleName]
  const columns = headers.map((header, index) =>
    columnOf(
      header,
      rows.map(row => row[index] ?? null),
    ),
  )
  const widths = columns.map(({width}) => width + 2 * style.padding)
  const rule = (line: Line) =>
    rowOf(
      widths.map(width => line.fill.repeat(width)),
      line,
    )
  const cells = (texts: string[]) => {
    const pad = ' '.repeat(style.padding)
    return rowOf(
      texts.map(text => `${pad}${text}${pad}`),
      style.row,
    )
  }
  const lines = style.above ? [rule(style.above)] : []
  lines.push(cells(columns.map(({header}) => header)), rule(style.belowHeader))
  for (const [index] of rows.entries()) {
    if (index > 0 && style.betweenRows) lines.push(rule(style.betweenRows))
    lines.push(cells(columns.map(({texts}) => texts[index] ?? '')))
  }
  if (style.below) lines.push(rule(style.below))
  return lines.join('\n')
}

function rowOf(cells: readonly string[], {begin, between, end}: Omit<Line, 'fill'>): string {
  return `${begin}${cells.join(between)}${end}`.trimEnd()
}

function columnOf(header: string, values: readonly Cell[]): {header: string; texts: string[]; width: number} {
  const cells = values.map(value => (value === null ? null : sanitise(String(value))))
  const type = typeOf(cells)
  const texts = cells.map(cell =>
    cell === null
      ? ''
      : type === 'float' && cellType(cell) !== 'bool'
        ? general(Number(cell.trim().replaceAll('_', '')))
        : cell,
  )
  const numeric = type === 'int' || type === 'float'
  const aligned = numeric ? withPointsInLine(texts) : texts.map(text => text.trim())
  const width = Math.max(header.length + 2, ...aligned.map(text => lengthOf(text)))
  const pad = (text: string) => {
    const space = ' '.repeat(width - lengthOf(text))
    return numeric ? space + text : text + space
  }
  return {header: pad(header), texts: aligned.map(pad), width}
}

function lengthOf(text: string): number {
  return Array.from(text).length
}

const ranks = ['none', 'bool', 'int', 'float', 'text'] as const
type ColumnType = (typeof ranks)[number]

/** The most general of the types of all cells; at least a truth value, and those stand left. */
function typeOf(cells: ReadonlyArray<string | null>): ColumnType {
  const highest = cells.map(cell => ranks.indexOf(cellType(cell))).reduce((a, b) => Math.max(a, b), 1)
  return ranks[highest] ?? 'text'
}

function cellType(cell: string | null): ColumnType {
  if (cell === null) return 'none'
  if (cell === 'True' || cell === 'False') return 'bool'
  const text = cell.trim()
  if (/^[+-]?\d+(_\d+)*$/.test(text)) return 'int'
  return /^[+-]?(\d+(_\d+)*\.?(\d+(_\d+)*)?|\.\d+(_\d+)*)(e[+-]?\d+(_\d+)*)?$/i.test(text) ? 'float' : 'text'
}

function withPointsInLine(texts: readonly string[]): string[] {
  const after = texts.map(text => digitsAfterPoint(text))
  const most = Math.max(0, ...after.map(count => count + 1)) - 1
  return texts.map((text, index) => text + ' '.repeat(most - (after[index] ?? -1)))
}

function digitsAfterPoint(text: string): number {
  if (cellType(text) !== 'float') return -1
  const point = text.lastIndexOf('.')
  const position = point === -1 ? text.toLowerCase().lastIndexOf('e') : point
  return position === -1 ? -1 : text.length - position - 1
}

/** `%g`: six significant digits, no zeros at the end, an exponent of two digits when it is far off. */
function general(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [digits = '', exponentText = '0'] = value.toExponential(5).split('e')
  const exponent = Number(exponentText)
  if (exponent >= -4 && exponent < 6) return trimmed(value.toFixed(5 - exponent))
  return `${trimmed(digits)}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
}

function trimmed(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal
}
