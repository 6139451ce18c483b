import type {Column} from '../../presentation/columns.js'
import type {Line, Span} from '../../presentation/text.js'
import {sanitise} from '../../shared/sanitise.js'
import {truncate, widthOf} from '../../shared/width.js'
import type {Sort} from '../state/ui-state.js'

const gap = 2
/** A column is cut to this before others are left out, and to the next one only where nothing else helps. */
const comfortable = 12
const narrowest = 6

export interface TableWindow<Item> {
  columns: ReadonlyArray<Column<Item>>
  /** The rows on screen only. */
  items: readonly Item[]
  width: number
  sort?: Sort | undefined
  /** Widths of the columns so far, so that they stay where they are while other rows come into view. */
  atLeast?: readonly number[] | undefined
}

export interface TableLines {
  title: Line
  rows: Line[]
  /** What the columns would take with enough room. */
  natural: readonly number[]
}

/** Titles, and a line for each row on screen. Columns that find no room are cut, then left out from the right. */
export function tableLines<Item>({columns, items, width, sort, atLeast}: TableWindow<Item>): TableLines {
  const cells = items.map(item =>
    columns.map(({cell, tone}): Span => ({text: sanitise(cell(item)), tone: tone?.(item)})),
  )
  const titles = columns.map(({title}) => (sort?.column === title ? `${title}${sort.descending ? '↓' : '↑'}` : title))
  const natural = titles.map((title, index) =>
    cells.reduce(
      (most, row) => Math.max(most, widthOf(row[index]?.text ?? '')),
      // Room for the arrow, so that sorting moves nothing.
      Math.max(widthOf(columns[index]?.title ?? title) + 1, atLeast?.[index] ?? 0),
    ),
  )
  const widths = columnWidths(natural, {columns, width})
  const lineOf = (spans: readonly Span[]): Line =>
    spans.flatMap((span, index): Span[] => {
      const own = widths[index]
      if (own === undefined) return []
      const padded = {...span, text: fitted(span.text, own, columns[index]?.align)}
      // What follows the last column is empty anyway.
      if (index === widths.length - 1) padded.text = padded.text.trimEnd()
      return index === 0 ? [padded] : [{text: ' '.repeat(gap)}, padded]
    })
  return {title: lineOf(titles.map(text => ({text, tone: 'calm'}))), rows: cells.map(row => lineOf(row)), natural}
}

interface Measure {
  columns: ReadonlyArray<Pick<Column<never>, 'whole'>>
  width: number
}

/** Widths of the columns that are shown: all of them or the first ones. */
function columnWidths(natural: readonly number[], {columns, width}: Measure): number[] {
  for (let shown = natural.length; shown > 1; shown--) {
    // Two columns are worth more than whole ones.
    const least = shown === 2 ? narrowest : comfortable
    const widths = shrunk(natural.slice(0, shown), {columns, width, least})
    if (total(widths) <= width) return widths
  }
  return [Math.min(natural[0] ?? width, width)]
}

/** Takes from the widest that may be cut, until they fit or cannot be cut further. */
function shrunk(natural: readonly number[], {columns, width, least}: Measure & {least: number}): number[] {
  const widths = [...natural]
  for (let excess = total(widths) - width; excess > 0; excess = total(widths) - width) {
    const cuttable = widths.flatMap((own, index) => (own > least && columns[index]?.whole !== true ? [index] : []))
    const [at, next] = cuttable.toSorted((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0) || b - a)
    if (at === undefined) break
    const widest = widths[at] ?? 0
    // Down to the next one; of several of the same width one gives way after the other.
    const floor = Math.min(widest - 1, Math.max(least, next === undefined ? least : (widths[next] ?? least)))
    widths[at] = Math.max(floor, widest - excess)
  }
  return widths
}

function total(widths: readonly number[]): number {
  return widths.reduce((sum, own) => sum + own + gap, -gap)
}

function fitted(text: string, width: number, align: 'left' | 'right' | undefined): string {
  const cut = truncate(text, width)
  const padding = ' '.repeat(Math.max(0, width - widthOf(cut)))
  return align === 'right' ? padding + cut : cut + padding
}
