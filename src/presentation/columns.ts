/** One column of a table: a pure function from a resource to its cell. Shared by tables and the dashboard. */
export interface Column<Item> {
  title: string
  cell: (item: Item) => string
  /** Numbers stand at the right. */
  align?: 'left' | 'right'
}
