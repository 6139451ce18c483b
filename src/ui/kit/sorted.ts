import type {Column} from '../../presentation/columns.js'
import type {Sort} from '../state/ui-state.js'

/** Items by what a column orders by, else by what it shows. Without an order they stay as they are. */
export function sorted<Item>(
  items: readonly Item[],
  columns: ReadonlyArray<Column<Item>>,
  sort: Sort | undefined,
): readonly Item[] {
  const column = columns.find(({title}) => title === sort?.column)
  if (sort === undefined || column === undefined) return items
  const keyOf = column.order ?? column.cell
  const keyed = items.map(item => ({item, key: keyOf(item)}))
  const sign = sort.descending ? -1 : 1
  return keyed.toSorted((a, b) => sign * compare(a.key, b.key)).map(({item}) => item)
}

function compare(a: string | number, b: string | number): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
