import type {BoardBank} from '../../../operations/board/cluster-board.js'
import {bankMark, listedBankColumns} from '../../../presentation/banks.js'
import {boardSource} from '../../data/sources.js'
import {useSource} from '../../kit/use-source.js'
import {BankList} from '../bank-list.js'
import type {ViewProps} from '../view.js'

const noBanks: readonly BoardBank[] = []
const nameOf = ({name}: BoardBank) => name
const textOf = (bank: BoardBank) => `${bank.name} ${bankMark(bank).word} ${bank.types.join(' ')}`

/** All banks of the cluster. */
export function Banks(room: ViewProps) {
  const {banks} = useSource(boardSource)
  return (
    <BankList
      list="banks"
      title="Banks"
      kept={banks}
      items={banks.value ?? noBanks}
      columns={listedBankColumns}
      idOf={nameOf}
      bankOf={nameOf}
      textOf={textOf}
      empty="No bank that you may see."
      {...room}
    />
  )
}
