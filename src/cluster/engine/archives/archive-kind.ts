import type {Compression} from './decompress.js'

/** How a file is packed, by the end of its name. */
export interface ArchiveKind {
  /** `single` is one file, packed. */
  container: 'tar' | 'zip' | 'single'
  compression: Compression
  ending: string
}

const kinds: readonly ArchiveKind[] = [
  {ending: '.tar.gz', container: 'tar', compression: 'gzip'},
  {ending: '.tgz', container: 'tar', compression: 'gzip'},
  {ending: '.tar.bz2', container: 'tar', compression: 'bzip2'},
  {ending: '.tbz2', container: 'tar', compression: 'bzip2'},
  {ending: '.tar.xz', container: 'tar', compression: 'xz'},
  {ending: '.txz', container: 'tar', compression: 'xz'},
  {ending: '.tar', container: 'tar', compression: 'none'},
  {ending: '.gz', container: 'single', compression: 'gzip'},
  {ending: '.bz2', container: 'single', compression: 'bzip2'},
  {ending: '.xz', container: 'single', compression: 'xz'},
  {ending: '.zip', container: 'zip', compression: 'none'},
]

/** Undefined for a file that is no archive. Capitals make a difference, as in BioMAJ. */
export function archiveKind(file: string): ArchiveKind | undefined {
  const name = file.slice(file.lastIndexOf('/') + 1)
  return kinds.find(({ending}) => name.endsWith(ending) && name.length > ending.length)
}
