import type {BoardBank} from '../../../operations/board/cluster-board.js'
import {bankMark, listedBankColumns} from '../../../presentation/banks.js'
import {useDashboard} from '../../dashboard-context.js'
import {boardSource} from '../../data/sources.js'
import {ListView} from '../../kit/list-view.js'
import {useSource} from '../../kit/use-source.js'
import {BankKeys} from '../bank-keys.js'
import type {ViewProps} from '../view.js'

const noBanks: readonly BoardBank[] = []
const idOf = ({name}: BoardBank) => name
const textOf = (bank: BoardBank) => `${bank.name} ${bankMark(bank).word} ${bank.types.join(' ')}`

/** All banks of the cluster. */
export function Banks(room: ViewProps) {
  const {dispatch} = useDashboard()
  const {banks} = useSource(boardSource)
  return (
    <ListView
      list="banks"
      title="Banks"
      kept={banks}
      items={banks.value ?? noBanks}
      columns={listedBankColumns}
      idOf={idOf}
      textOf={textOf}
      empty="No bank that you may see."
      onOpen={({name}) => dispatch({type: 'open', screen: {view: 'bank', bank: name}})}
      {...room}
    >
      {selected => <BankKeys bank={selected?.name} />}
    </ListView>
  )
}
