/** A version in parts that are compared one by one, as Python's packaging orders them (PEP 440). */
type Part = bigint | string

const versionPattern =
  /^\s*v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)(?:[-_.]?(?<pre>alpha|beta|preview|pre|a|b|c|rc)[-_.]?(?<preNumber>\d+)?)?(?:-(?<bare>\d+)|[-_.]?(?<post>post|rev|r)[-_.]?(?<postNumber>\d+)?)?(?:[-_.]?(?<dev>dev)[-_.]?(?<devNumber>\d+)?)?(?:\+(?<local>[a-z\d]+(?:[-_.][a-z\d]+)*))?\s*$/i

/**
 * Below zero when the first is lower. What is no version to Python is lower than any that is; among such, numbers count
 * as numbers (`2024_9` before `2024_10`), where BioMAJ fails.
 */
export function compareVersions(first: string, second: string): number {
  const [left, right] = [versionKey(first), versionKey(second)]
  if (left && right) return compareParts(left, right)
  if (left || right) return left ? 1 : -1
  return compareParts(plainKey(first), plainKey(second))
}

/** The first of the highest; undefined of none. */
export function highestVersion(versions: readonly string[]): string | undefined {
  let highest: string | undefined
  for (const version of versions) {
    if (highest === undefined || compareVersions(version, highest) > 0) highest = version
  }
  return highest
}

const lowest = -1n
const preNames: Readonly<Record<string, bigint>> = {a: 0n, alpha: 0n, b: 1n, beta: 1n}

/** Parts of fixed number but for the last, the local one. */
function versionKey(version: string): Part[][] | undefined {
  const found = versionPattern.exec(version)?.groups
  if (!found) return undefined
  const {
    epoch = '0',
    release = '',
    pre,
    preNumber = '0',
    bare,
    post,
    postNumber = '0',
    dev,
    devNumber = '0',
    local,
  } = found
  const numbers = release.split('.').map(BigInt)
  while (numbers.length > 1 && numbers.at(-1) === 0n) numbers.pop()
  const isPost = bare !== undefined || post !== undefined
  // A development release comes before all others of its number, a release without suffix after its candidates.
  const candidate =
    pre === undefined ? (dev !== undefined && !isPost ? lowest : 3n) : (preNames[pre.toLowerCase()] ?? 2n)
  return [
    [BigInt(epoch)],
    numbers,
    [candidate, BigInt(preNumber)],
    [isPost ? BigInt(bare ?? postNumber) : lowest],
    [dev === undefined ? 1n : 0n, BigInt(devNumber)],
    (local?.toLowerCase().split(/[-_.]/) ?? []).map(part => (/^\d+$/.test(part) ? BigInt(part) : part)),
  ]
}

function plainKey(text: string): Part[][] {
  return [(text.match(/\d+|\D+/g) ?? []).map(part => (/^\d+$/.test(part) ? BigInt(part) : part))]
}

function compareParts(left: readonly Part[][], right: readonly Part[][]): number {
  for (const [index, parts] of left.entries()) {
    const others = right[index] ?? []
    for (let place = 0; place < Math.max(parts.length, others.length); place++) {
      const order = comparePart(parts[place], others[place])
      if (order !== 0) return order
    }
  }
  return 0
}

/** A missing part is lower than any, a word lower than a number. */
function comparePart(left: Part | undefined, right: Part | undefined): number {
  if (left === right) return 0
  if (left === undefined) return -1
  if (right === undefined) return 1
  if (typeof left !== typeof right) return typeof left === 'string' ? -1 : 1
  return left < right ? -1 : 1
}
