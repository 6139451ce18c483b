import {useEffect} from 'react'
import type {Line} from '../../presentation/text.js'
import {useDashboard} from '../dashboard-context.js'
import {Rows} from '../kit/rows.js'
import {wrapText} from '../kit/wrap.js'
import type {Toast} from '../state/ui-state.js'

const shownMs: Readonly<Record<Toast['tone'], number>> = {good: 6000, worry: 6000, bad: 15_000}
const symbols: Readonly<Record<Toast['tone'], string>> = {good: '✓', bad: '✗', worry: '!'}
const mostRows = 3

/** What happened just now, each in at most three rows. */
export function toastLines(toasts: readonly Toast[], width: number): Line[] {
  return toasts.flatMap(({tone, text}) =>
    wrapText(text, width - 3, mostRows).map((row, index) => [
      {text: index === 0 ? ` ${symbols[tone]} ${row}` : `   ${row}`, tone},
    ]),
  )
}

/** What the cluster was asked to do and has not answered. */
export function onTheirWayLines(titles: ReadonlyMap<string, string>): Line[] {
  return Array.from(titles.values(), title => [{text: ` … ${title}`, tone: 'busy'}])
}

/** Each toast goes by itself. */
export function Toasts({lines, width}: {lines: readonly Line[]; width: number}) {
  const {state, dispatch, painter, host} = useDashboard()
  const [oldest] = state.toasts
  useEffect(() => {
    if (oldest === undefined) return undefined
    const ended = new AbortController()
    host.clock.sleep(shownMs[oldest.tone], ended.signal).then(
      () => dispatch({type: 'toast-over', id: oldest.id}),
      // Aborted: the dashboard ended, or another toast is the oldest.
      () => undefined,
    )
    return () => ended.abort()
  }, [oldest, host, dispatch])
  if (lines.length === 0) return null
  return <Rows height={lines.length} rows={lines.map(line => painter.row(line, width))} />
}
