import type {WorkflowStep} from './steps.js'

/** Epoch seconds with a fraction, as BioMAJ numbers its sessions. Unique within a bank, and the time when the session began. */
export type SessionId = number

/** Where a step of a session stands. `waiting` covers "not begun" and "running"; `BankStatus.running` tells which runs. */
export type StepState = 'waiting' | 'over' | 'error' | 'skipped'

/** A file of a release, as it was found on the remote side. */
export interface ReleaseFile {
  /** Path below the remote directory, as listed. */
  name: string
  /** Path below `flat/` of the release. */
  saveAs: string
  /** Bytes; null when the remote side did not tell. */
  size: number | null
  /** Of the remote file; null when it has none. */
  date: CalendarDate | null
  /** Whatever the remote side offers to tell two versions apart (md5, etag); null without. */
  hash: string | null
}

/** A day without time or zone, as listings give it. */
export interface CalendarDate {
  year: number
  month: number
  day: number
}

/** What a process of a session said of the files it made. */
export interface ProducedFiles {
  /** `<META>_<process>`; what a process said before is forgotten when it runs again. */
  process: string
  format: string
  types: string[]
  tags: Record<string, string>
  files: string[]
}

/**
 * One attempt to make a release. A failed attempt is taken up again under the same id. The files that were listed and
 * fetched are not part of it: they are in `cache.dir`, `files_<id>` and `local_files_<id>`, and may be a hundred thousand.
 */
export interface Session {
  id: SessionId
  action: 'update' | 'remove'
  /** Local name of the release, with the suffix `__1` when the remote one was fetched before; null until it is known. */
  release: string | null
  remoteRelease: string | null
  /** Steps that are done; a step that is missing here has not been run to its end. */
  steps: Partial<Record<WorkflowStep, boolean>>
  /** `<block>.<meta>.<process>` to done; kept so that a resumed run skips what is done. */
  processes: Record<string, boolean>
  /** Formats and types that came with the files, by process. */
  produced: ProducedFiles[]
  /** Relative to `data.dir`. */
  dirVersion: string
  /** Name of the release directory, `alu_2026-11-21`; null until the release is known. */
  productionDirectory: string | null
  /** The run's own log. A session that is resumed has the log of its last run. */
  logFile: string | null
  over: boolean
  /** Whether the run brought something new. */
  updated: boolean
  /** Bytes of the release on disk; null when not counted (`data.stats`). */
  sizeBytes: number | null
  /** Sessions of the banks that this one depends on; `updated` when they brought something new in this session. */
  dependencies: Array<{bank: string; session: SessionId; release: string; updated?: boolean}>
  /** Remote release that the session before this one ended with: the same again is nothing new. Absent without. */
  previousRelease?: string | null
  /** The job that worked on it last. The same job goes on with it after a crash, whatever it was asked for. */
  job?: string | null
}

/** A release that is complete and on disk. */
export interface Production {
  session: SessionId
  release: string
  remoteRelease: string
  formats: string[]
  types: string[]
  tags: Record<string, string>
  sizeBytes: number | null
  dataDir: string
  dirVersion: string
  /** `alu_2026-11-21` */
  productionDirectory: string
  logFile: string
  frozen: boolean
}

/** A release whose run has not ended well. */
export interface Pending {
  release: string | null
  session: SessionId
}

/** Where the last or running update or removal of a bank stands; what `GET /bank/B/status` shows. */
export interface BankStatus {
  session: SessionId
  action: 'update' | 'remove'
  logFile: string
  /** The step that is being executed; null between runs. */
  running: WorkflowStep | null
  steps: Array<{step: WorkflowStep; state: StepState; startedAtMs: number | null; endedAtMs: number | null}>
  processes: Array<{
    name: string
    state: 'waiting' | 'running' | 'over' | 'error'
    startedAtMs: number | null
    endedAtMs: number | null
  }>
  progress: TransferProgress | null
  /** Why the run failed, in one line; null while it has not. */
  reason: string | null
}

/** True counts of a download step. */
export interface TransferProgress {
  filesDone: number
  filesTotal: number
  bytesDone: number
  /** Null when a file of unknown size is among them. */
  bytesTotal: number | null
}

/** All that the cluster keeps of a bank: one document, changed as a whole. */
export interface Bank {
  name: string
  owner: string
  visibility: 'public' | 'private'
  description: string | null
  types: string[]
  tags: Record<string, string>
  /** Session of the release that is published as `current`; null when none is. */
  current: SessionId | null
  sessions: Session[]
  production: Production[]
  pending: Pending[]
  status: BankStatus | null
  lastUpdateSession: SessionId | null
  lastRemoveSession: SessionId | null
  /** Of the last update that ended. */
  lastUpdate: {session: SessionId; ok: boolean; release: string | null} | null
}
