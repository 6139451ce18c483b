import type {DaemonState} from '../operations/board/cluster-board.js'
import type {QueueBoard, QueuedRequest} from '../operations/board/queue-board.js'
import type {Block} from './blocks.js'
import {type Column, tableOf} from './columns.js'
import {count, line, type Line, marked} from './text.js'
import {instantCell, type TimeStyle} from './times.js'

/** One item for each daemon. */
export function daemonItem({daemon, bank, action, step}: DaemonState): Line {
  if (bank === null) return marked('·', 'calm', `${daemon}  idle`)
  const work = `${daemon}  ${action ?? 'works on'} ${bank}`
  return marked('▶', 'busy', step === null ? work : `${work}, at ${step}`)
}

export const noDaemonSeen = line({
  text: '- none has worked yet: a daemon shows itself with its first run',
  tone: 'calm',
})

export function queueColumns(times: TimeStyle): ReadonlyArray<Column<QueuedRequest>> {
  return [
    {title: 'POSITION', cell: ({position}) => String(position), order: ({position}) => position, align: 'right'},
    {title: 'BANK', cell: ({bank}) => bank},
    {
      title: 'ACTION',
      cell: ({action, release}) => (action === 'remove' ? `remove ${release ?? 'all'}` : (action ?? '-')),
    },
    {
      title: 'REQUESTED',
      cell: ({requestedAt}) => instantCell(requestedAt, times),
      order: ({requestedAt}) => requestedAt ?? '',
    },
  ]
}

export function queueScreen({depth, waiting, daemons}: QueueBoard, times: TimeStyle): Block[] {
  const nameless = depth - waiting.length
  return [
    {
      kind: 'fields',
      fields: [
        {label: 'Daemons', rows: daemons.length === 0 ? [[noDaemonSeen]] : daemons.map(daemon => [daemonItem(daemon)])},
        {
          label: 'Queue',
          rows: [
            [depth === 0 ? marked('✓', 'good', 'empty') : marked('…', 'busy', `${count(depth, 'request')} waiting`)],
            ...(nameless > 0 ? [[line(`${nameless} of them about no bank`)]] : []),
          ],
        },
      ],
    },
    ...(waiting.length === 0 ? [] : [{kind: 'table' as const, table: tableOf(queueColumns(times), waiting)}]),
  ]
}
