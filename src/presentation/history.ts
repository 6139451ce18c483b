import type {HistoryEntry} from '../api/contract/bank.js'
import {formatDuration} from '../shared/durations.js'
import type {Column} from './columns.js'
import {type Mark, markText} from './text.js'
import {instantCell, type TimeStyle} from './times.js'

/** The error column decides: a failed run may claim that it updated. */
export function historyMark({
  error,
  cancelled,
  action,
  updated,
}: Pick<HistoryEntry, 'error' | 'cancelled' | 'action' | 'updated'>): Mark {
  if (cancelled === true) return {symbol: '■', word: 'cancelled', tone: 'worry'}
  if (error) return {symbol: '✗', word: 'failed', tone: 'bad'}
  if (action === 'remove') return {symbol: '−', word: 'removed', tone: 'calm'}
  if (updated) return {symbol: '✓', word: 'updated', tone: 'good'}
  return {symbol: '=', word: 'up to date', tone: 'good'}
}

/** How long it took; null when the cluster did not tell. Both ends are whole seconds, so no fraction is shown. */
export function runDuration({start, end}: Pick<HistoryEntry, 'start' | 'end'>): string | null {
  if (start === null || end === null) return null
  const durationMs = Math.max(0, Date.parse(end) - Date.parse(start))
  if (durationMs < 1000) return '<1s'
  return durationMs < 10_000 ? `${durationMs / 1000}s` : formatDuration(durationMs)
}

function lastedMs({start, end}: Pick<HistoryEntry, 'start' | 'end'>): number {
  return start === null || end === null ? -1 : Date.parse(end) - Date.parse(start)
}

export function historyColumns(times: TimeStyle): ReadonlyArray<Column<HistoryEntry>> {
  const end: Column<HistoryEntry> = {title: 'END', cell: entry => instantCell(entry.end, times)}
  return [
    {title: 'BANK', cell: ({bank}) => bank},
    {title: 'ACTION', cell: ({action}) => action},
    {title: 'OUTCOME', cell: entry => markText(historyMark(entry)), tone: entry => historyMark(entry).tone},
    {title: 'START', cell: ({start}) => instantCell(start, times), order: ({start}) => start ?? ''},
    // For people start and duration say it all.
    ...(times.relative ? [] : [end]),
    {
      title: 'DURATION',
      align: 'right',
      cell: entry => runDuration(entry) ?? '-',
      order: lastedMs,
    },
  ]
}
