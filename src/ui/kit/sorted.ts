import type {Column} from '../../presentation/columns.js'
import type {Sort} from '../state/ui-state.js'

/** Items by what a column shows; numbers by their size. Without an order they stay as they are. */
export function sorted<Item>(
  items: readonly Item[],
  columns: ReadonlyArray<Column<Item>>,
  sort: Sort | undefined,
): readonly Item[] {
  const column = columns.find(({title}) => title === sort?.column)
  if (sort === undefined || column === undefined) return items
  const keyed = items.map(item => ({item, key: column.cell(item)}))
  const sign = sort.descending ? -1 : 1
  const compare =
    column.align === 'right'
      ? (a: string, b: string) => (Number.parseFloat(a) || 0) - (Number.parseFloat(b) || 0)
      : (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
  return keyed.toSorted((a, b) => sign * compare(a.key, b.key)).map(({item}) => item)
}
