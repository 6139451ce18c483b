import type {Column} from '../../presentation/columns.js'
import {nextCell} from '../../presentation/schedule.js'
import type {TimeStyle} from '../../presentation/times.js'

export interface ScheduleEntryJson {
  name: string
  /** Five fields of cron, in the time zone of the machine. */
  cron: string
  banks: string[]
  /** Whose rights the updates have. */
  user: string
  comment: string | null
  /** RFC 3339, UTC; null when it never comes. */
  next: string | null
}

interface Entry {
  name: string
  slices: string
  banks: string[]
  user: string
  comment: string
  nextAtMs: number | null
}

export function scheduleEntryJson({name, slices, banks, user, comment, nextAtMs}: Entry): ScheduleEntryJson {
  const next = nextAtMs === null ? null : new Date(nextAtMs).toISOString().replace('.000Z', 'Z')
  return {name, cron: slices, banks: [...banks], user, comment: comment === '' ? null : comment, next}
}

export function scheduleEntryColumns(style: TimeStyle): ReadonlyArray<Column<ScheduleEntryJson>> {
  return [
    {title: 'NAME', cell: ({name}) => name, whole: true},
    {title: 'CRON', cell: ({cron}) => cron, whole: true},
    {title: 'NEXT', cell: ({next}) => nextCell(next, style)},
    {title: 'USER', cell: ({user}) => user},
    {title: 'BANKS', cell: ({banks}) => banks.join(',')},
    {title: 'COMMENT', cell: ({comment}) => comment ?? ''},
  ]
}
