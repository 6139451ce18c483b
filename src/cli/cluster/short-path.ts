import path from 'node:path'

/** A path for people: below HOME it begins with `~`. */
export function shortPath(file: string, {home}: {home: string}): string {
  const below = path.relative(home, file)
  const isBelow = below !== '' && !below.startsWith('..') && !path.isAbsolute(below)
  return isBelow ? `~${path.sep}${below}` : file
}
