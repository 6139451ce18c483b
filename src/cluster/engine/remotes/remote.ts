import type {ReleaseFile} from '../../model/bank.js'
import type {Access} from './access.js'
import type {RemoteEntry} from './entry.js'
import type {RemoteLimits} from './limits.js'
import type {PartFile} from './part-file.js'

export interface RemoteContext {
  access: Access
  limits: RemoteLimits
  signal: AbortSignal
  /** Told of what was passed over, one line each. */
  onWarning: (line: string) => void
}

/** One protocol's view of a source. Used by one caller at a time. */
export interface Remote {
  /** What a directory has; the path begins below the source's own directory: empty, or `/sub/`. */
  list(path: string): Promise<RemoteEntry[]>
  /** Of direct protocols: what can be told of the one file without fetching it. */
  describe(): Promise<ReleaseFile>
  /** One attempt: the content goes to the part, on from where that stands if it is still the same file. */
  fetch(file: ReleaseFile, part: PartFile, onBytes: (bytes: number) => void, signal: AbortSignal): Promise<Fetched>
  /** What a link leads to; null when to nothing that could be fetched. */
  linkTarget(path: string): Promise<'file' | 'directory' | null>
  close(): Promise<void>
}

export interface Fetched {
  /** When the remote file was changed; null when the remote side did not tell. */
  modified: Date | null
  /** The archive is checked; not where the file is only copied on this machine. */
  checked: boolean
}

export function unsupported(what: string): Error {
  return new Error(`this protocol does not ${what}`)
}
