import {useMemo} from 'react'
import type {BoardBank} from '../../operations/board/cluster-board.js'
import {bankMark} from '../../presentation/banks.js'
import {markText} from '../../presentation/text.js'
import {useDashboard} from '../dashboard-context.js'
import {boardSource} from '../data/sources.js'
import {type ActionId, keyLabel, specOf} from '../keys/actions.js'
import type {Offered} from '../keys/key-router.js'
import {useOfferedBelow} from '../kit/use-keys.js'
import {useSource} from '../kit/use-source.js'
import type {ViewProps} from '../views/view.js'
import {Picker, type PickerItem} from './picker.js'

/** Everything that can be done or looked at, by a part of its name. */
export function Palette(room: ViewProps) {
  const {dispatch, router} = useDashboard()
  const offered = useOfferedBelow()
  const {banks} = useSource(boardSource)
  const items = useMemo(
    () =>
      paletteItems(offered, banks.value ?? [], {
        perform: id => {
          dispatch({type: 'modal', modal: undefined})
          router.performBelow(id)
        },
        open: bank => dispatch({type: 'open', screen: {view: 'bank', bank}}),
      }),
    [offered, banks.value, dispatch, router],
  )
  return <Picker title="Find" items={items} empty="" {...room} />
}

export interface PaletteActs {
  perform: (id: ActionId) => void
  open: (bank: string) => void
}

/** Actions and views that are offered, then the banks, then what is off now. */
export function paletteItems(
  offered: readonly Offered[],
  banks: readonly BoardBank[],
  {perform, open}: PaletteActs,
): PickerItem[] {
  const actions = offered
    .filter(({id}) => specOf(id).group !== 'move' && specOf(id).group !== 'dialog' && id !== 'palette')
    .map(({id, off, label}): PickerItem => {
      const {keys, aliases = []} = specOf(id)
      const note = keyLabel(keys[0] ?? '')
      return {id: `action ${id}`, label, note, off, text: [label, ...aliases].join(' '), pick: () => perform(id)}
    })
  const known = banks.map((bank): PickerItem => {
    const {name} = bank
    return {id: `bank ${name}`, label: name, note: markText(bankMark(bank)), text: name, pick: () => open(name)}
  })
  const on = actions.filter(({off}) => off === undefined)
  return [...on, ...known, ...actions.filter(({off}) => off !== undefined)]
}
