import {BiomajError} from '../shared/errors.js'

/**
 * A request path from a template whose values become single, encoded segments:
 * path`/api/daemon/bank/${name}`. A value that would change the route (empty, `.`, `..`) is refused.
 *
 * @throws {BiomajError} `usage`
 */
export function path(literals: TemplateStringsArray, ...segments: string[]): string {
  return literals.reduce((built, literal, index) => {
    const segment = segments[index - 1] ?? ''
    if (segment === '' || segment === '.' || segment === '..') {
      throw new BiomajError({code: 'usage', message: `"${segment}" cannot be a name in a cluster's address`})
    }
    return built + encodeURIComponent(segment) + literal
  })
}
