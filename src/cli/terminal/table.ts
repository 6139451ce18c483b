import Table from 'cli-table3'
import {type Column, type TableRows, tableOf} from '../../presentation/columns.js'
import type {Span} from '../../presentation/text.js'
import {sanitise} from '../../shared/sanitise.js'
import type {Io} from '../io.js'
import {paintSpan} from './tones.js'
import {truncate, widthOf} from '../../shared/width.js'

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
}
const gap = noBorders.middle.length
const narrowest = 8

/** Rows under their titles, without borders: easy on the eye, and on `awk`. Cells are made safe for the terminal here. */
export function renderTable<Item>(io: Io, columns: ReadonlyArray<Column<Item>>, items: readonly Item[]): string {
  return renderRows(io, tableOf(columns, items))
}

/** A table whose cells are ready. On a terminal it is made to fit: the widest columns lose the ends of their cells. */
export function renderRows(io: Io, {columns, rows}: TableRows, {indent = 0}: {indent?: number} = {}): string {
  const texts = rows.map(row => row.map(({text}) => sanitise(text)))
  const widths = fittingWidths(
    columns.map(({title}, index) =>
      texts.reduce((widest, row) => Math.max(widest, widthOf(row[index] ?? '')), widthOf(title)),
    ),
    columns.map(({whole}) => whole === true),
    io.columns - indent,
  )
  const cellOf = (text: string, index: number, style: (text: string) => string) =>
    style(truncate(text, widths[index] ?? Number.POSITIVE_INFINITY))
  const table = new Table({
    head: columns.map(({title}, index) => cellOf(title, index, text => io.paint('dim', text))),
    colAligns: columns.map(({align}) => align ?? 'left'),
    chars: noBorders,
    style: {head: [], border: [], 'padding-left': 0, 'padding-right': 0},
  })
  for (const [number, row] of rows.entries()) {
    table.push(row.map((span, index) => cellOf(texts[number]?.[index] ?? '', index, text => paintCell(io, span, text))))
  }
  return table
    .toString()
    .split('\n')
    .map(line => `${' '.repeat(indent)}${line}`.trimEnd())
    .join('\n')
}

function paintCell(io: Io, span: Span, text: string): string {
  return paintSpan(io, {...span, text})
}

/** Takes from the widest column until all fit, or none can give; from columns that should stay whole only at last. */
function fittingWidths(wanted: readonly number[], whole: readonly boolean[], columns: number): number[] {
  const widths = [...wanted]
  let excess = widths.reduce((sum, width) => sum + width + gap, -gap) - columns
  for (const givers of [(index: number) => whole[index] !== true, () => true]) {
    for (; excess > 0; excess--) {
      const widest = Math.max(...widths.filter((_, index) => givers(index)))
      if (widest <= narrowest) break
      widths[widths.findLastIndex((width, index) => givers(index) && width === widest)] = widest - 1
    }
  }
  return widths
}
