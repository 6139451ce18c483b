import {useDashboard} from '../dashboard-context.js'
import {useKeys} from '../kit/use-keys.js'

export interface BankKeysProps {
  /** The bank that the selected line is about, if it is about one. */
  bank: string | undefined
  /** The release of it that is selected, if one is. */
  release?: string | undefined
}

/** What can be done with the bank that is selected, wherever that is. */
export function BankKeys({bank}: BankKeysProps) {
  const {dispatch} = useDashboard()
  useKeys({
    offers: bank === undefined ? {} : {log: () => dispatch({type: 'open', screen: {view: 'log', bank}})},
  })
  return null
}
