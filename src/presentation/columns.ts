import type {Span, Tone} from './text.js'

/** One column of a table: a pure function from a resource to its cell. Shared by tables and the dashboard. */
export interface Column<Item> {
  title: string
  cell: (item: Item) => string
  /** What to sort by, where that is not what the cell shows. */
  order?: (item: Item) => string | number
  /** Numbers stand at the right. */
  align?: 'left' | 'right'
  /** Too narrow it says nothing: other columns give their room first. */
  whole?: boolean
  /** What the cell means, for colour. */
  tone?: (item: Item) => Tone | undefined
}

/** A table whose cells are ready. */
export interface TableRows {
  columns: ReadonlyArray<Pick<Column<never>, 'title' | 'align' | 'whole'>>
  rows: ReadonlyArray<readonly Span[]>
}

export function tableOf<Item>(columns: ReadonlyArray<Column<Item>>, items: readonly Item[]): TableRows {
  return {
    columns: columns.map(({title, align = 'left', whole = false}) => ({title, align, whole})),
    rows: items.map(item => columns.map(({cell, tone}) => ({text: cell(item), tone: tone?.(item)}))),
  }
}
