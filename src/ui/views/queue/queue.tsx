import {useMemo} from 'react'
import type {QueuedRequest} from '../../../operations/board/queue-board.js'
import {daemonItem, noDaemonSeen, queueColumns} from '../../../presentation/queue.js'
import {line, type Line} from '../../../presentation/text.js'
import {useDashboard} from '../../dashboard-context.js'
import {type QueueParts, queueSource} from '../../data/sources.js'
import {ListView} from '../../kit/list-view.js'
import {useSource} from '../../kit/use-source.js'
import {BankKeys} from '../bank-keys.js'
import type {ViewProps} from '../view.js'

const noRequests: readonly QueuedRequest[] = []
const textOf = ({bank, action}: QueuedRequest) => `${bank} ${action ?? ''}`

/** What waits, in the order in which it will run, and what each daemon is doing. */
export function Queue(room: ViewProps) {
  const {dispatch, host} = useDashboard()
  const {queue} = useSource(queueSource)
  const columns = useMemo(() => queueColumns({now: host.date(), relative: true}), [host, queue])
  const items = queue.value?.waiting ?? noRequests
  const idOf = useMemo(() => identities(items), [items])
  return (
    <ListView
      list="queue"
      title="Queue"
      kept={queue}
      items={items}
      columns={columns}
      idOf={idOf}
      textOf={textOf}
      empty="Nothing waits."
      above={queue.value && daemonLines(queue.value)}
      onOpen={({bank}) => dispatch({type: 'open', screen: {view: 'bank', bank}})}
      {...room}
    >
      {selected => <BankKeys bank={selected?.bank} />}
    </ListView>
  )
}

/** A bank may wait more than once; positions change as the queue moves on. */
function identities(items: readonly QueuedRequest[]): (item: QueuedRequest) => string {
  const seen = new Map<string, number>()
  const ids = new Map<QueuedRequest, string>()
  for (const item of items) {
    const what = [item.bank, item.action, item.release, item.requestedAt].join(' ')
    const times = (seen.get(what) ?? 0) + 1
    seen.set(what, times)
    ids.set(item, `${what} ${times}`)
  }
  return item => ids.get(item) ?? item.bank
}

function daemonLines({daemons, depth, waiting}: QueueParts['queue']): Line[] {
  const nameless = depth - waiting.length
  return [
    ...(daemons.length === 0 ? [noDaemonSeen] : daemons.map(daemonItem)),
    ...(nameless > 0 ? [line({text: `${nameless} more wait that are about no bank`, tone: 'calm'})] : []),
    line(''),
  ]
}
