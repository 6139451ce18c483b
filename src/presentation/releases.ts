import type {Release} from '../api/contract/bank.js'
import type {Column} from './columns.js'
import {sizeCell} from './sizes.js'
import {serverTimeCell} from './times.js'

export function releaseState({published, frozen}: Pick<Release, 'published' | 'frozen'>): string {
  const words = [...(published ? ['published'] : []), ...(frozen ? ['frozen'] : [])]
  return words.length === 0 ? '-' : `● ${words.join(', ')}`
}

/** Splits the folder that all releases share from what tells them apart. */
export function sharedFolder(releases: readonly Release[]): string | null {
  const folders = new Set(releases.map(({directory}) => directory.slice(0, directory.lastIndexOf('/'))))
  const [folder] = folders
  return folders.size === 1 && folder !== undefined && folder !== '' ? folder : null
}

export function releaseColumns(releases: readonly Release[]): ReadonlyArray<Column<Release>> {
  const folder = sharedFolder(releases)
  const renamed = releases.some(({release, remoteRelease}) => release !== remoteRelease)
  const remote: Column<Release> = {title: 'REMOTE', cell: ({remoteRelease}) => remoteRelease}
  return [
    {title: 'RELEASE', cell: ({release}) => release, whole: true},
    ...(renamed ? [remote] : []),
    {title: 'STATE', cell: releaseState, tone: ({published}) => (published ? 'good' : undefined), whole: true},
    {
      title: 'SIZE',
      cell: ({sizeBytes}) => sizeCell(sizeBytes),
      order: ({sizeBytes}) => sizeBytes ?? -1,
      align: 'right',
    },
    {title: 'FORMATS', cell: ({formats}) => formats.join(',') || '-'},
    {title: 'MADE (SERVER TIME)', cell: ({session}) => serverTimeCell(session), whole: true},
    {title: 'DIRECTORY', cell: ({directory}) => (folder === null ? directory : directory.slice(folder.length + 1))},
  ]
}
