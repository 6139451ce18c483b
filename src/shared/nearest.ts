import {closest, distance} from 'fastest-levenshtein'

/** The name that was probably meant, or undefined when none is near. */
export function nearestOf(typed: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined
  const nearest = closest(typed, names)
  return distance(typed, nearest) <= Math.max(2, Math.floor(nearest.length / 3)) ? nearest : undefined
}
