import type {TableRows} from './columns.js'
import type {Line} from './text.js'

/** A fact with its name at the left: rows of items that stand side by side as far as there is room. */
export interface Field {
  label: string
  rows: ReadonlyArray<readonly Line[]>
}

/** What a screen is made of, from top to bottom, with an empty line between. */
export type Block =
  | {kind: 'fields'; fields: readonly Field[]}
  | {kind: 'lines'; lines: readonly Line[]}
  | {kind: 'table'; table: TableRows; indent?: number}

/** A field of one row with one item. */
export function field(label: string, ...pieces: Line): Field {
  return {label, rows: [[pieces]]}
}
