import type {IniEntry} from '../ini.js'
import type {Finding} from './finding.js'

/** A warning about a key of a file. */
export function warningAt(
  {name, file, line}: Pick<IniEntry, 'name' | 'file' | 'line'>,
  rule: string,
  words: Pick<Finding, 'message' | 'hint'>,
): Finding {
  return {severity: 'warning', rule, key: name, file, line, ...words}
}
