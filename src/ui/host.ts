import type {BiomajClient} from '../api/client.js'
import type {Clock} from '../shared/clock.js'
import type {Foreground} from '../shared/foreground.js'
import type {TerminalOutput} from './terminal/screen-stream.js'

/** A cluster that the dashboard can show. */
export interface ClusterChoice {
  /** Name of the context, or the address of a cluster without one. */
  name: string
  url: string
  /** Whose key it is, as the context tells; undefined for one that only the cluster can tell of. */
  user: string | undefined
  /** Variable that the key comes from. */
  keyVariable?: string | undefined
  readOnly: boolean
  connect: (signal: AbortSignal) => Promise<BiomajClient>
}

/** All that the dashboard knows of the process and of the user's settings. */
export interface DashboardHost {
  stdin: NodeJS.ReadStream
  stdout: TerminalOutput
  foreground: Foreground
  clock: Clock
  date: () => Date
  /** Aborted when the process is to end. */
  signal: AbortSignal
  color: boolean
  /** Whether the terminal is one of tmux, which has its own way to the clipboard. */
  inTmux: boolean
  cluster: ClusterChoice
  /** Names of all contexts; and how to get to one. */
  contexts: {names: () => string[]; open: (name: string) => ClusterChoice}
  intervalMs: number
}
