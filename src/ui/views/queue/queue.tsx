import {useMemo} from 'react'
import type {QueuedRequest} from '../../../operations/board/queue-board.js'
import {daemonItem, noDaemonSeen, queueColumns} from '../../../presentation/queue.js'
import {line, type Line} from '../../../presentation/text.js'
import {useDashboard} from '../../dashboard-context.js'
import {type QueueParts, queueSource} from '../../data/sources.js'
import {identities} from '../../kit/identities.js'
import {useSource} from '../../kit/use-source.js'
import {BankList} from '../bank-list.js'
import type {ViewProps} from '../view.js'

const noRequests: readonly QueuedRequest[] = []
const bankOf = ({bank}: QueuedRequest) => bank
const whatOf = ({bank, action, release, requestedAt}: QueuedRequest) => [bank, action, release, requestedAt].join(' ')
const textOf = ({bank, action}: QueuedRequest) => `${bank} ${action ?? ''}`

/** What waits, in the order in which it will run, and what each daemon is doing. */
export function Queue(room: ViewProps) {
  const {host} = useDashboard()
  const {queue} = useSource(queueSource)
  const columns = useMemo(() => queueColumns({now: host.date(), relative: true}), [host, queue])
  const items = queue.value?.waiting ?? noRequests
  // A bank may wait more than once; positions change as the queue moves on.
  const idOf = useMemo(() => identities(items, whatOf), [items])
  return (
    <BankList
      list="queue"
      title="Queue"
      kept={queue}
      items={items}
      columns={columns}
      idOf={idOf}
      bankOf={bankOf}
      textOf={textOf}
      empty="Nothing waits."
      above={queue.value && daemonLines(queue.value)}
      {...room}
    />
  )
}

function daemonLines({daemons, depth, waiting}: QueueParts['queue']): Line[] {
  const nameless = depth - waiting.length
  return [
    ...(daemons.length === 0 ? [noDaemonSeen] : daemons.map(daemonItem)),
    ...(nameless > 0 ? [line({text: `${nameless} more wait that are about no bank`, tone: 'calm'})] : []),
    line(''),
  ]
}
