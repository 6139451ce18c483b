import type {Finding} from './finding.js'

/** A warning about a key of a file; the name is null when it is about more than one key. */
export function warningAt(
  {name, file, line}: {name: string | null; file: string; line: number | null},
  rule: string,
  words: Pick<Finding, 'message' | 'hint'>,
): Finding {
  return {severity: 'warning', rule, key: name, file, line, ...words}
}
