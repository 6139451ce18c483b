import type {AnySource} from '../data/source.js'
import {
  activitySource,
  bankSource,
  boardSource,
  historySource,
  keySource,
  queueSource,
  scheduleSource,
} from '../data/sources.js'
import type {Screen} from '../state/ui-state.js'

/** Room that a view has on the screen, in cells. */
export interface ViewProps {
  width: number
  height: number
}

/** What a screen needs of the cluster; nothing else is asked for while it is shown. */
export function sourcesOf(screen: Screen): readonly AnySource[] {
  switch (screen.view) {
    case 'overview':
    case 'banks':
    case 'services':
      return [boardSource]
    case 'bank':
      return [bankSource(screen.bank), keySource]
    case 'queue':
      return [queueSource, keySource]
    case 'history':
      return [historySource, keySource]
    case 'schedule':
      return [scheduleSource, keySource]
    case 'log':
      // The log has a feed of its own: it is not read whole in each round.
      return [activitySource, keySource]
  }
}

export function titleOf(screen: Screen): string {
  if (screen.view === 'bank') return screen.bank
  if (screen.view === 'log') return `log of ${screen.bank}`
  return `${screen.view[0]?.toUpperCase() ?? ''}${screen.view.slice(1)}`
}
