/** `items.map(work)` with at most six under way, so that a long list does not become a burst of requests. In order. */
export async function mapConcurrently<T, U>(items: readonly T[], work: (item: T) => Promise<U>): Promise<U[]> {
  const results: U[] = []
  const rest = items.entries()
  const worker = async () => {
    for (const [index, item] of rest) results[index] = await work(item)
  }
  await Promise.all(Array.from({length: Math.min(6, items.length)}, worker))
  return results
}
