import {useMemo} from 'react'
import type {HistoryEntry} from '../../../api/contract/bank.js'
import {historyColumns, historyMark} from '../../../presentation/history.js'
import {useDashboard} from '../../dashboard-context.js'
import {historySource} from '../../data/sources.js'
import {ListView} from '../../kit/list-view.js'
import {useSource} from '../../kit/use-source.js'
import {BankKeys} from '../bank-keys.js'
import type {ViewProps} from '../view.js'

const noEntries: readonly HistoryEntry[] = []
const textOf = (entry: HistoryEntry) => `${entry.bank} ${entry.action} ${historyMark(entry).word}`

/** Updates and removals that ended, newest first. */
export function History(room: ViewProps) {
  const {dispatch, host} = useDashboard()
  const {history} = useSource(historySource)
  const columns = useMemo(() => historyColumns({now: host.date(), relative: true}), [host, history])
  const items = history.value ?? noEntries
  const idOf = useMemo(() => identities(items), [items])
  return (
    <ListView
      list="history"
      title="History"
      kept={history}
      items={items}
      columns={columns}
      idOf={idOf}
      textOf={textOf}
      empty="Nothing has run yet."
      onOpen={({bank}) => dispatch({type: 'open', screen: {view: 'bank', bank}})}
      {...room}
    >
      {selected => <BankKeys bank={selected?.bank} />}
    </ListView>
  )
}

/** Times are whole seconds, so that equal entries are possible; counted from the oldest, they keep their names. */
function identities(items: readonly HistoryEntry[]): (item: HistoryEntry) => string {
  const seen = new Map<string, number>()
  const ids = new Map<HistoryEntry, string>()
  for (const item of items.toReversed()) {
    const what = [item.bank, item.action, item.start, item.end].join(' ')
    const times = (seen.get(what) ?? 0) + 1
    seen.set(what, times)
    ids.set(item, `${what} ${times}`)
  }
  return item => ids.get(item) ?? item.bank
}
