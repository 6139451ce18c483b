import {useDashboard} from '../dashboard-context.js'
import {ListView, type ListViewProps} from '../kit/list-view.js'
import {BankKeys} from './bank-keys.js'

interface BankListProps<Item> extends Omit<ListViewProps<Item>, 'onOpen' | 'children'> {
  /** The bank that a row is about. */
  bankOf: (item: Item) => string
}

/** A list of which each row is about a bank: Enter opens that, and its keys are about it. */
export function BankList<Item>({bankOf, ...list}: BankListProps<Item>) {
  const {dispatch} = useDashboard()
  return (
    <ListView {...list} onOpen={item => dispatch({type: 'open', screen: {view: 'bank', bank: bankOf(item)}})}>
      {selected => <BankKeys bank={selected && bankOf(selected)} />}
    </ListView>
  )
}
