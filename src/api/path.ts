import {BiomajError} from '../shared/errors.js'

/**
 * A request path from a template whose values become single, encoded segments:
 * path`/api/daemon/bank/${name}`. A value that would change the route (empty, `.`, `..`) is refused.
 *
 * @throws {BiomajError} `usage`
 */
export function path(literals: TemplateStringsArray, ...segments: string[]): string {
  return literals.reduce((built, literal, index) => built + encoded(segments[index - 1] ?? '') + literal)
}

function encoded(segment: string): string {
  if (segment === '' || segment === '.' || segment === '..' || !segment.isWellFormed()) {
    throw new BiomajError({
      code: 'usage',
      message: `${JSON.stringify(segment)} cannot be a name in a cluster's address`,
    })
  }
  return encodeURIComponent(segment)
}

/**
 * The name of one bank for a call that has it in its body. The daemon takes an empty one as all banks in some
 * calls, and splits at commas in others.
 *
 * @throws {BiomajError} `usage`
 */
export function oneBank(name: string): string {
  if (name !== '' && !name.includes(',')) return name
  throw new BiomajError({
    code: 'usage',
    message: `${JSON.stringify(name)} is not one bank; the cluster takes one request for each`,
  })
}

/**
 * A number that the daemon reads with `int()`.
 *
 * @throws {BiomajError} `usage`
 */
export function wholeNumber(value: number, what: string): number {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new BiomajError({code: 'usage', message: `The number of ${what} is a whole number from 0 on`})
}
