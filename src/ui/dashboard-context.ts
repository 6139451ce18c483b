import {createContext, useContext} from 'react'
import type {Dispatch} from 'react'
import type {CommandRunner} from './actions/command-runner.js'
import type {Feed} from './data/feed.js'
import type {Watched} from './data/watched.js'
import type {ClusterChoice, DashboardHost} from './host.js'
import type {KeyRouter} from './keys/key-router.js'
import type {Painter} from './kit/paint.js'
import type {UiEvent} from './state/reducer.js'
import type {UiState} from './state/ui-state.js'
import type {TerminalControl} from './terminal/terminal-control.js'
import type {Switchboard} from './switchboard.js'

/** What every view may know. */
export interface Dashboard {
  host: DashboardHost
  /** The one on screen; `host.cluster` is the one that it began with. */
  cluster: ClusterChoice
  /** Tells two showings of a cluster apart. */
  showing: number
  feed: Feed
  watched: Watched
  /** Shows another cluster. */
  switchboard: Switchboard
  router: KeyRouter
  painter: Painter
  terminal: TerminalControl
  /** What is on its way to the cluster. */
  runner: CommandRunner
  state: UiState
  dispatch: Dispatch<UiEvent>
}

export const DashboardContext = createContext<Dashboard | undefined>(undefined)

export function useDashboard(): Dashboard {
  const dashboard = useContext(DashboardContext)
  if (dashboard === undefined) throw new Error('A view outside of the dashboard')
  return dashboard
}
