import type {Screen} from '../state/ui-state.js'
import {Bank} from './bank/bank.js'
import {Banks} from './banks/banks.js'
import {History} from './history/history.js'
import {Log} from './log/log.js'
import {Overview} from './overview/overview.js'
import {Queue} from './queue/queue.js'
import {Schedule} from './schedule/schedule.js'
import {Services} from './services/services.js'
import type {ViewProps} from './view.js'

/** The view of a screen. */
export function CurrentView({screen, ...room}: ViewProps & {screen: Screen}) {
  switch (screen.view) {
    case 'overview':
      return <Overview {...room} />
    case 'banks':
      return <Banks {...room} />
    case 'bank':
      return <Bank key={screen.bank} bank={screen.bank} {...room} />
    case 'queue':
      return <Queue {...room} />
    case 'history':
      return <History {...room} />
    case 'services':
      return <Services {...room} />
    case 'schedule':
      return <Schedule {...room} />
    case 'log':
      return <Log key={screen.bank} bank={screen.bank} {...room} />
  }
}
