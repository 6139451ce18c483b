import type {ScheduledCheck} from '../api/contract/schedule.js'
import {formatDuration} from '../shared/durations.js'
import type {Column} from './columns.js'
import type {TimeStyle} from './times.js'

export function scheduleColumns(times: TimeStyle): ReadonlyArray<Column<ScheduledCheck>> {
  return [
    {title: 'BANK', cell: ({bank}) => bank},
    {
      title: 'NEXT LOOK',
      cell: ({next}) => nextCell(next, times),
      // What is not planned comes last.
      order: ({next}) => next ?? '~',
      whole: true,
    },
  ]
}

/** A time to come; at a terminal, how long until then. */
export function nextCell(next: string | null, {now, relative}: TimeStyle): string {
  if (next === null) return '-'
  if (!relative) return next
  const distanceMs = Date.parse(next) - now.getTime()
  if (distanceMs < 0) return `due since ${formatDuration(-distanceMs)}`
  return distanceMs < 10_000 ? 'in a moment' : `in ${formatDuration(distanceMs)}`
}
