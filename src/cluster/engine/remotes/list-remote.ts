import {BiomajError} from '../../../shared/errors.js'
import type {ReleaseFile} from '../../model/bank.js'
import type {RemoteSource} from '../ports.js'
import {words} from '../properties/python-text.js'
import {told} from '../told.js'
import {isDirect} from './access.js'
import {pathProblem} from './entry.js'
import {matchFiles} from './match-files.js'
import {contextOf, openRemote, type RemoteOptions} from './open-remote.js'
import {RemoteError} from './remote-error.js'
import {readRemoteList} from './remote-list.js'
import {saveAsGroups} from './save-as.js'

/**
 * The files of a source that the bank wants, and where each is saved. An empty list comes only from a `remote.list`
 * that is empty or not there, and means that there is nothing to update.
 *
 * @throws {BiomajError} `config_invalid` for properties that cannot be followed; else a `RemoteError`
 */
export async function listRemote({source, ...options}: RemoteOptions & {source: RemoteSource}): Promise<ReleaseFile[]> {
  const {properties, signal} = options
  const context = contextOf(source, options)
  const patterns = words(properties.get('remote.files', '.*'))
  const list = source.source === 'main' ? properties.get('remote.list') : undefined
  if (list !== undefined) {
    const directory = isDirect(source.protocol) ? '' : source.directory
    return checked(saveAsGroups(await readRemoteList(list, directory), patterns))
  }
  const remote = openRemote(context)
  try {
    const files = isDirect(source.protocol)
      ? [await remote.describe()]
      : await matchFiles(patterns, {remote, ...context})
    signal.throwIfAborted()
    if (files.length === 0) throw nothingFound(patterns)
    return checked(saveAsGroups(files, patterns))
  } finally {
    await remote.close()
  }
}

export function nothingFound(patterns: readonly string[]): RemoteError {
  return new RemoteError({
    code: 'refused',
    message: told`No remote file matches ${patterns.map(pattern => `"${pattern}"`).join(' ')}`,
    hint: 'Compare remote.dir and remote.files with what the server has.',
    permanent: true,
  })
}

/** Each file has a place of its own below the folder of the download. */
function checked(files: ReleaseFile[]): ReleaseFile[] {
  const places = new Map<string, string>()
  for (const file of files) {
    const saveAs = file.saveAs.replaceAll(/\/{2,}/g, '/').replace(/^\//, '')
    const problem = pathProblem(saveAs)
    if (problem) {
      throw new BiomajError({
        code: 'config_invalid',
        message: told`"${file.name}" cannot be saved as "${file.saveAs}": ${problem}`,
        hint: 'Correct target.name, remote.file.N.name, or the groups of remote.files.',
      })
    }
    const other = places.get(saveAs)
    if (other !== undefined && other !== file.name) {
      throw new BiomajError({
        code: 'config_invalid',
        message: told`"${other}" and "${file.name}" would both be saved as "${saveAs}"`,
        hint: 'Put what tells them apart into a group of remote.files.',
      })
    }
    places.set(saveAs, file.name)
    file.saveAs = saveAs
  }
  return files
}
