import Table from 'cli-table3'
import type {Column} from '../presentation/columns.js'
import {sanitise} from '../shared/sanitise.js'
import type {Io} from './io.js'

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

/** Rows under their titles, without borders: easy on the eye, and on `awk`. Cells are made safe for the terminal here. */
export function renderTable<Item>(io: Io, columns: ReadonlyArray<Column<Item>>, items: readonly Item[]): string {
  const table = new Table({
    head: columns.map(({title}) => io.paint('dim', title)),
    colAligns: columns.map(({align}) => align ?? 'left'),
    chars: noBorders,
    style: {head: [], border: [], 'padding-left': 0, 'padding-right': 0},
  })
  for (const item of items) table.push(columns.map(({cell}) => sanitise(cell(item))))
  return table
    .toString()
    .split('\n')
    .map(line => line.trimEnd())
    .join('\n')
}
