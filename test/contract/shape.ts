/** What is known of the values at one place of a JSON document. */
interface Place {
  kinds: Set<string>
  seen: number
}

/**
 * The shape of documents, one line for each place: the place of each value and the kinds of value that were met there, such as
 * `banks[].lastUpdate: null | string`. A `?` says that not every document (or object of a list) has the key.
 */
export function shapeOf(documents: readonly unknown[]): string {
  const places = new Map<string, Place>()
  const counts = new Map<string, number>()
  for (const document of documents) visit(document, '', places, counts)
  const lines = [...places]
    .map(([place, {kinds, seen}]) => {
      const parent = place.replace(/(\[\]|\.?[^.[\]]+)$/, '')
      const optional = place !== '' && !place.endsWith('[]') && seen < (counts.get(parent) ?? 0)
      return `${place}${optional ? '?' : ''}: ${[...kinds].toSorted().join(' | ')}`
    })
    .filter(line => !line.startsWith(':'))
    .toSorted()
  return `${lines.join('\n')}\n`
}

function visit(value: unknown, place: string, places: Map<string, Place>, counts: Map<string, number>): void {
  const known = places.get(place) ?? {kinds: new Set(), seen: 0}
  places.set(place, known)
  known.seen += 1
  known.kinds.add(kindOf(value))
  if (Array.isArray(value)) {
    for (const item of value) visit(item, `${place}[]`, places, counts)
  } else if (typeof value === 'object' && value !== null) {
    counts.set(place, (counts.get(place) ?? 0) + 1)
    for (const [key, inner] of Object.entries(value))
      visit(inner, place === '' ? key : `${place}.${key}`, places, counts)
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'list' : typeof value
}
