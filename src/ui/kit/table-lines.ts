import type {Column} from '../../presentation/columns.js'
import type {Line, Span} from '../../presentation/text.js'
import {sanitise} from '../../shared/sanitise.js'
import {truncate, widthOf} from '../../shared/width.js'
import type {Sort} from '../state/ui-state.js'

const gap = 2
const narrowest = 6

export interface TableWindow<Item> {
  columns: ReadonlyArray<Column<Item>>
  /** The rows on screen only. */
  items: readonly Item[]
  width: number
  sort?: Sort | undefined
}

/** Titles, and a line for each row on screen. Columns that find no room are left out from the right, whole ones last. */
export function tableLines<Item>({columns, items, width, sort}: TableWindow<Item>): {title: Line; rows: Line[]} {
  const cells = items.map(item =>
    columns.map(({cell, tone}): Span => ({text: sanitise(cell(item)), tone: tone?.(item)})),
  )
  const titles = columns.map(({title}) => (sort?.column === title ? `${title}${sort.descending ? '↓' : '↑'}` : title))
  const widths = columnWidths(columns, {titles, cells, width})
  const lineOf = (spans: readonly Span[]): Line =>
    spans.flatMap((span, index): Span[] => {
      const own = widths[index] ?? 0
      if (own === 0) return []
      return [{...span, text: fitted(span.text, own, columns[index]?.align)}, {text: ' '.repeat(gap)}]
    })
  return {title: lineOf(titles.map(text => ({text, tone: 'calm'}))), rows: cells.map(row => lineOf(row))}
}

interface Measured {
  titles: readonly string[]
  cells: ReadonlyArray<readonly Span[]>
  width: number
}

function columnWidths<Item>(columns: ReadonlyArray<Column<Item>>, {titles, cells, width}: Measured): number[] {
  const widths = titles.map((title, index) =>
    cells.reduce((most, row) => Math.max(most, widthOf(row[index]?.text ?? '')), widthOf(title)),
  )
  const total = () => widths.reduce((sum, own) => sum + (own === 0 ? 0 : own + gap), -gap)
  // First the widest that may be cut give way, then the last columns go, but never the first one.
  while (total() > width) {
    const cuttable = widths.flatMap((own, index) => (own > narrowest && columns[index]?.whole !== true ? [index] : []))
    const widest = cuttable.toSorted((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0]
    if (widest !== undefined) {
      widths[widest] = Math.max(narrowest, (widths[widest] ?? 0) - (total() - width))
      continue
    }
    const last = widths.findLastIndex(own => own > 0)
    if (last <= 0) break
    widths[last] = 0
  }
  if (total() > width) widths[0] = width
  return widths
}

function fitted(text: string, width: number, align: 'left' | 'right' | undefined): string {
  const cut = truncate(text, width)
  const padding = ' '.repeat(Math.max(0, width - widthOf(cut)))
  return align === 'right' ? padding + cut : cut + padding
}
