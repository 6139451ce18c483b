import type {ReleaseFile} from '../../model/bank.js'
import {PatternTooCostly, PythonRegex} from '../patterns/python-regex.js'
import {told} from '../told.js'
import {RemoteError} from './remote-error.js'

/**
 * Says by the groups of the patterns under which path a file is saved, as BioMAJ does: a pattern begins with a slash
 * here, so that groups count for files in folders only. The groups of the first pattern that matches are joined by
 * slashes.
 */
export function saveAsGroups(files: ReleaseFile[], patterns: readonly string[]): ReleaseFile[] {
  const regexes = patterns
    .filter(pattern => pattern !== '.*' && pattern !== '**/*' && pattern.includes('('))
    .map(pattern => new PythonRegex(pattern.startsWith('^') ? pattern.replaceAll('^', '^/') : `/${pattern}`))
    .filter(regex => regex.groups > 0)
  if (regexes.length === 0) return files
  for (const file of files) {
    for (const regex of regexes) {
      const groups = groupsOf(regex, file.name)
      if (!groups) continue
      // BioMAJ fails on a group that takes no part.
      file.saveAs = groups.filter(group => group !== null).join('/')
      break
    }
  }
  return files
}

function groupsOf(regex: PythonRegex, name: string): Array<string | null> | null {
  try {
    return regex.match(name)?.groups ?? null
  } catch (error) {
    if (!(error instanceof PatternTooCostly)) throw error
    throw new RemoteError({
      code: 'config_invalid',
      message: told`The pattern "${regex.source}" takes too much work on the name "${name}"`,
      permanent: true,
    })
  }
}
