import {useState} from 'react'
import {useDashboard} from '../dashboard-context.js'
import {useOfferedBelow} from '../kit/use-keys.js'
import {useKeys} from '../kit/use-keys.js'
import type {ViewProps} from '../views/view.js'
import {DialogFrame, dialogRoom} from './dialog-frame.js'
import {helpLines} from './help-lines.js'

/** The keys of the view below. */
export function Help({width, height, about}: ViewProps & {about: string}) {
  const {dispatch} = useDashboard()
  const offered = useOfferedBelow()
  const [top, setTop] = useState(0)
  const lines = helpLines(offered, dialogRoom(width))
  const last = Math.max(0, lines.length - (height - 1))
  const at = Math.min(top, last)
  const scroll = (rows: number) => () => setTop(Math.max(0, Math.min(last, at + rows)))
  const close = () => dispatch({type: 'modal', modal: undefined})
  const page = Math.max(1, height - 2)
  useKeys({
    modal: true,
    offers: {
      dismiss: close,
      help: close,
      ...(last > 0
        ? {
            up: scroll(-1),
            down: scroll(1),
            pageUp: scroll(-page),
            pageDown: scroll(page),
            top: () => setTop(0),
            bottom: () => setTop(last),
          }
        : {}),
    },
  })
  return <DialogFrame title={`Keys of ${about}`} lines={lines} start={at} width={width} height={height} />
}
