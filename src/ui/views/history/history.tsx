import {useMemo} from 'react'
import type {HistoryEntry} from '../../../api/contract/bank.js'
import {historyColumns, historyMark} from '../../../presentation/history.js'
import {useDashboard} from '../../dashboard-context.js'
import {historySource} from '../../data/sources.js'
import {identities} from '../../kit/identities.js'
import {useSource} from '../../kit/use-source.js'
import {BankList} from '../bank-list.js'
import type {ViewProps} from '../view.js'

const noEntries: readonly HistoryEntry[] = []
const bankOf = ({bank}: HistoryEntry) => bank
const whatOf = ({bank, action, start, end}: HistoryEntry) => [bank, action, start, end].join(' ')
const textOf = (entry: HistoryEntry) => `${entry.bank} ${entry.action} ${historyMark(entry).word}`

/** Updates and removals that ended, newest first. */
export function History(room: ViewProps) {
  const {host} = useDashboard()
  const {history} = useSource(historySource)
  const columns = useMemo(() => historyColumns({now: host.date(), relative: true}), [host, history])
  const items = history.value ?? noEntries
  // Times are whole seconds, so that equal entries are possible; counted from the oldest, they keep their names.
  const idOf = useMemo(() => identities(items.toReversed(), whatOf), [items])
  return (
    <BankList
      list="history"
      title="History"
      kept={history}
      items={items}
      columns={columns}
      idOf={idOf}
      bankOf={bankOf}
      textOf={textOf}
      empty="Nothing has run yet."
      {...room}
    />
  )
}
