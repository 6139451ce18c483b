import {useEffect} from 'react'
import {useDashboard} from '../dashboard-context.js'
import {Rows} from '../kit/rows.js'
import type {Toast} from '../state/ui-state.js'

const shownMs = 6000
const symbols: Readonly<Record<Toast['tone'], string>> = {good: '✓', bad: '✗', worry: '!'}

/** What happened just now; each goes by itself. */
export function Toasts({width}: {width: number}) {
  const {state, dispatch, painter, host} = useDashboard()
  const oldest = state.toasts[0]?.id
  useEffect(() => {
    if (oldest === undefined) return undefined
    const ended = new AbortController()
    host.clock.sleep(shownMs, ended.signal).then(
      () => dispatch({type: 'toast-over', id: oldest}),
      // Aborted: the dashboard ended, or another toast is the oldest.
      () => undefined,
    )
    return () => ended.abort()
  }, [oldest, host, dispatch])
  if (state.toasts.length === 0) return null
  return (
    <Rows
      height={state.toasts.length}
      rows={state.toasts.map(({tone, text}) => painter.row([{text: ` ${symbols[tone]} ${text}`, tone}], width))}
    />
  )
}
