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

/** Each toast goes by itself, however many there are. */
export function Toasts({lines, width}: {lines: readonly Line[]; width: number}) {
  const {state, painter} = useDashboard()
  return (
    <>
      {state.toasts.map(({id, tone}) => (
        <ToastEnd key={id} id={id} tone={tone} />
      ))}
      {lines.length > 0 && <Rows height={lines.length} rows={lines.map(line => painter.row(line, width))} />}
    </>
  )
}

/** Draws nothing: it only takes the toast away when its time is over. */
function ToastEnd({id, tone}: Pick<Toast, 'id' | 'tone'>) {
  const {dispatch, host} = useDashboard()
  useEffect(() => {
    const ended = new AbortController()
    host.clock.sleep(shownMs[tone], ended.signal).then(
      () => dispatch({type: 'toast-over', id}),
      // Aborted: the dashboard ended, or the toast made way for newer ones.
      () => undefined,
    )
    return () => ended.abort()
  }, [id, tone, host, dispatch])
  return null
}
