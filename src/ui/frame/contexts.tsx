import {BiomajError} from '../../shared/errors.js'
import {useDashboard} from '../dashboard-context.js'
import type {ViewProps} from '../views/view.js'
import {Picker, type PickerItem} from './picker.js'

/** The clusters that this machine knows; the picked one is shown at once. */
export function Contexts(room: ViewProps) {
  const {host, cluster, switchboard, dispatch} = useDashboard()
  const items = host.contexts.names().map((name): PickerItem => {
    const off = name === cluster.name ? 'shown now' : undefined
    return {id: name, label: name, note: '', off, text: name, pick: () => show(name)}
  })

  function show(name: string): void {
    try {
      switchboard.show(name)
      dispatch({type: 'switched'})
    } catch (error) {
      if (!(error instanceof BiomajError)) throw error
      dispatch({type: 'toast', tone: 'bad', text: [error.message, error.hint].filter(Boolean).join('. ')})
    }
  }

  return <Picker title="Other cluster" items={items} empty="No context is known: biomaj login makes one." {...room} />
}
