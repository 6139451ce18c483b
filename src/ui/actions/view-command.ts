import type {Screen} from '../state/ui-state.js'

/** Words of the command that shows the same as a screen; undefined where there is none. */
export function viewCommand(screen: Screen): string[] | undefined {
  switch (screen.view) {
    case 'overview':
      return ['status']
    case 'services':
      return ['status', '--services']
    case 'banks':
      return ['banks']
    case 'bank':
      return ['status', '--bank', screen.bank]
    case 'log':
      return ['logs', '--bank', screen.bank, '--follow']
    case 'queue':
      return ['queue']
    case 'history':
      return ['history']
    case 'schedule':
      return undefined
  }
}
