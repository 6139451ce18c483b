/** Names of items that may be equal: each by what it is, and how many like it came before. */
export function identities<Item>(items: Iterable<Item>, what: (item: Item) => string): (item: Item) => string {
  const seen = new Map<string, number>()
  const ids = new Map<Item, string>()
  for (const item of items) {
    const own = what(item)
    const times = (seen.get(own) ?? 0) + 1
    seen.set(own, times)
    ids.set(item, `${own} ${times}`)
  }
  return item => ids.get(item) ?? what(item)
}
