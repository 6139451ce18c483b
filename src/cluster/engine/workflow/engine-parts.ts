import type {Logger} from 'pino'
import type {ClusterSettings} from '../../settings/cluster-settings.js'
import type {Store} from '../../store/store.js'
import type {Downloads, Processes} from '../ports.js'

/** The time of day. Sessions are numbered by it. */
export interface EngineClock {
  /** Milliseconds since 1970, with a fraction where there is one. */
  epochMs(): number
}

export const engineClock: EngineClock = {epochMs: () => performance.timeOrigin + performance.now()}

/** What the engine is made of. */
export interface EngineParts {
  store: Store
  downloads: Downloads
  processes: Processes
  settings: ClusterSettings
  log: Logger
  clock: EngineClock
  /** Brings a folder and all in it to the disk, and the folders above it up to `root`. */
  syncTree: (folder: string, options: {root: string; signal?: AbortSignal}) => Promise<void>
  /** Variables `BIOMAJ_X_Y_Z` win over properties; `PATH` and the like are handed to local processes. */
  env: Readonly<Record<string, string | undefined>>
}
