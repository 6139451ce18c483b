/** Longest request target, bytes. */
const longestTarget = 8192

/**
 * Why a request target, as it stood on the wire, is refused; null for a good one. Whoever parses it as an URL takes
 * dots, doubled slashes and encoded separators away, each in a way of its own, so nobody gets to see them.
 */
export function targetProblem(target: string): string | null {
  if (!target.startsWith('/')) return 'the request target must be a path'
  if (target.length > longestTarget) return 'the request target is too long'
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  // oxlint-disable-next-line no-control-regex
  if (/[^\u0021-\u007E]/u.test(target) || target.includes('#')) return 'the request target has a forbidden character'
  const path = pathOf(target)
  if (path.includes('//')) return 'the path has an empty segment'
  if (path.includes('\\')) return 'the path has a backslash'
  if (/%(?![0-9A-Fa-f]{2})/.test(path)) return 'the path has a broken escape'
  if (/%(?:2f|5c|0[0-9a-f]|1[0-9a-f]|7f)/i.test(path)) return 'the path has an encoded separator or control character'
  const segments = path.replaceAll(/%2e/gi, '.').split('/')
  if (segments.some(segment => segment === '.' || segment === '..')) return 'the path has a dot segment'
  return null
}

/** A target without its query. */
export function pathOf(target: string): string {
  const query = target.indexOf('?')
  return query === -1 ? target : target.slice(0, query)
}
