/**
 * How well a text answers what was typed: undefined when it does not, else the lower the better. All characters must be
 * there in their order; a whole piece counts more than scattered ones, an early one more than a late one. Case does not
 * matter.
 *
 * @param query in lower case
 */
export function fuzzyScore(query: string, text: string): number | undefined {
  if (query === '') return 0
  const lower = text.toLowerCase()
  const at = lower.indexOf(query)
  if (at !== -1) return at + lower.length / 1000
  let from = 0
  let scattered = 0
  for (const character of query) {
    const found = lower.indexOf(character, from)
    if (found === -1) return undefined
    scattered += found - from
    from = found + 1
  }
  return 1000 + scattered + lower.length / 1000
}

/** The items that match, best first; all of them in their order for an empty query. */
export function fuzzyFilter<Item>(
  items: readonly Item[],
  query: string,
  textOf: (item: Item, index: number) => string,
): readonly Item[] {
  const wanted = query.toLowerCase()
  if (wanted === '') return items
  const matches: Array<{item: Item; score: number}> = []
  for (const [index, item] of items.entries()) {
    const score = fuzzyScore(wanted, textOf(item, index))
    if (score !== undefined) matches.push({item, score})
  }
  return matches.toSorted((a, b) => a.score - b.score).map(({item}) => item)
}

/** The same texts, each made once, when somebody first filters: ten thousand of them take longer than a frame may. */
export function lazyTexts<Item>(
  items: readonly Item[],
  textOf: (item: Item) => string,
): (item: Item, index: number) => string {
  let texts: readonly string[] | undefined
  return (_, index) => {
    texts ??= items.map(item => textOf(item).toLowerCase())
    return texts[index] ?? ''
  }
}
