import type {BoardBank} from '../../../operations/board/cluster-board.js'
import {bankColumns, bankMark} from '../../../presentation/banks.js'
import {line} from '../../../presentation/text.js'
import {useDashboard} from '../../dashboard-context.js'
import {boardSource} from '../../data/sources.js'
import {ListView} from '../../kit/list-view.js'
import {useSource} from '../../kit/use-source.js'
import type {ViewProps} from '../view.js'

const noBanks: readonly BoardBank[] = []
const idOf = ({name}: BoardBank) => name
const textOf = (bank: BoardBank) => `${bank.name} ${bankMark(bank).word} ${bank.types.join(' ')}`

/** All banks of the cluster. */
export function Banks({width, height}: ViewProps) {
  const {dispatch} = useDashboard()
  const {banks} = useSource(boardSource)
  const empty =
    banks.value === undefined
      ? line({text: banks.error ? `? ${banks.error.message}` : '… reading', tone: banks.error ? 'worry' : 'calm'})
      : line({text: 'No bank that you may see.', tone: 'calm'})
  return (
    <ListView
      list="banks"
      items={banks.value ?? noBanks}
      columns={bankColumns}
      idOf={idOf}
      textOf={textOf}
      width={width}
      height={height}
      empty={empty}
      onOpen={({name}) => dispatch({type: 'open', screen: {view: 'bank', bank: name}})}
    />
  )
}
