import type {ReleaseFile, SessionId, TransferProgress} from '../model/bank.js'

/**
 * A place where files come from. Credentials are not in it: it travels through the queue, and whoever works on it reads
 * them from the bank's properties (`source` says which ones).
 */
export interface RemoteSource {
  protocol: RemoteProtocol
  /** Host, or host:port; empty for `local`. */
  server: string
  /** With a slash at its end. */
  directory: string
  /** Which keys of the properties describe it: `main`, `release`, or the N of `remote.file.N`. */
  source: 'main' | 'release' | number
}
export type RemoteProtocol =
  | 'local'
  | 'ftp'
  | 'ftps'
  | 'http'
  | 'https'
  | 'directftp'
  | 'directftps'
  | 'directhttp'
  | 'directhttps'
  | 'rsync'

/** Files that a download worker fetches one after the other into one folder, over one connection where it can. */
export interface DownloadRequest {
  bank: string
  session: SessionId
  remote: RemoteSource
  files: ReleaseFile[]
  /** Absolute; each file goes to `saveAs` below it, and is complete there or not there at all. */
  targetDirectory: string
}

export interface DownloadResult {
  /** In the order of the request, with what only the transfer could tell (size, hash). */
  files: ReleaseFile[]
}

/** A command to run for a bank. */
export interface ProcessRequest {
  bank: string
  session: SessionId
  /** `<META>_<process>`, the name in status and of its output files. */
  name: string
  /** Absolute, or found in `PATH` and `process.dir`. */
  exe: string
  /** One string as written in the properties: a shell splits it, unless `expand` is off. */
  args: string
  /** Whether the shell expands variables and patterns in `args`. */
  expand: boolean
  env: Record<string, string>
  workingDirectory: string
  stdoutFile: string
  stderrFile: string
  /** Killed with its whole group when it runs longer; null for no limit. */
  timeoutMs: number | null
}

export interface ProcessResult {
  /** Null when a signal ended it. */
  exitCode: number | null
  signal: string | null
  timedOut: boolean
  /** Why else it was killed, such as endless output; absent when it was not. One line. */
  stopped?: string | undefined
}

export interface ReleaseRequest {
  bank: string
}

/** How the engine has files fetched, wherever the workers live. */
export interface Downloads {
  /**
   * Fetches all of them, as many at a time as the workers allow and no more than `threads`. Rejects with the reason of
   * the first file that is given up, after the others have been stopped.
   */
  fetch(
    request: DownloadRequest,
    options: {threads: number; signal: AbortSignal; onProgress: (progress: TransferProgress) => void},
  ): Promise<ReleaseFile[]>
}

/** How the engine has processes run, wherever the workers live. */
export interface Processes {
  run(request: ProcessRequest, options: {signal: AbortSignal}): Promise<ProcessResult>
}
