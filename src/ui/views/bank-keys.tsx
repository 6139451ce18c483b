import {useCommandOffers} from '../actions/use-commands.js'
import {useCopy} from '../actions/use-copy.js'
import {useDashboard} from '../dashboard-context.js'
import {useKeys} from '../kit/use-keys.js'
import {currentScreen} from '../state/ui-state.js'

export interface BankKeysProps {
  /** The bank that the selected line is about, if it is about one. */
  bank: string | undefined
  /** The release of it that is selected, if one is. */
  release?: string | undefined
  /** Where that release is. */
  directory?: string | undefined
}

/** What can be done with the bank that is selected, wherever that is. */
export function BankKeys({bank, release, directory}: BankKeysProps) {
  const {dispatch, state} = useDashboard()
  const isLog = currentScreen(state).view === 'log'
  const commands = useCommandOffers({bank, release})
  const copy = useCopy()
  useKeys({
    offers:
      bank === undefined
        ? {}
        : {
            ...commands,
            ...(isLog ? {} : {log: () => dispatch({type: 'open', screen: {view: 'log', bank}})}),
            copyCommand: copy.view({view: 'bank', bank}),
            copy: () => copy.oneOf([release ?? bank, ...(directory === undefined ? [] : [directory])]),
          },
  })
  return null
}
