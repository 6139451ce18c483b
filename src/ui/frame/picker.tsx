import {useMemo, useState} from 'react'
import type {Line} from '../../presentation/text.js'
import {truncate, widthOf} from '../../shared/width.js'
import {useDashboard} from '../dashboard-context.js'
import {edited} from '../keys/key.js'
import {fuzzyFilter} from '../kit/fuzzy.js'
import {moved, type Move, windowStart} from '../kit/list-window.js'
import {useKeys} from '../kit/use-keys.js'
import type {ViewProps} from '../views/view.js'
import {DialogFrame, dialogRoom} from './dialog-frame.js'

export interface PickerItem {
  id: string
  label: string
  /** Said beside it: what kind of thing it is, or its key. */
  note: string
  /** Why it cannot be picked now. */
  off?: string | undefined
  /** What is looked at when one types. */
  text: string
  pick: () => void
}

const textOf = ({text}: PickerItem) => text

export interface PickerProps extends ViewProps {
  title: string
  items: readonly PickerItem[]
  empty: string
}

/** One of many things, found by typing a part of its name. */
export function Picker({title, items, empty, width, height}: PickerProps) {
  const {dispatch} = useDashboard()
  const [query, setQuery] = useState('')
  const [picked, setPicked] = useState(0)
  const found = useMemo(() => fuzzyFilter(items, query, textOf), [items, query])
  const index = Math.max(0, Math.min(picked, found.length - 1))
  const item = found[index]
  const go = (move: Move) => () => setPicked(moved(move, {index, total: found.length, height: height - 2}))
  useKeys({
    modal: true,
    offers: {
      ...(item === undefined ? {} : {accept: {run: item.pick, off: item.off}}),
      dismiss: () => dispatch({type: 'modal', modal: undefined}),
      up: go('up'),
      down: go('down'),
      pageUp: go('pageUp'),
      pageDown: go('pageDown'),
    },
    take: key => {
      const text = edited(query, key)
      if (text === undefined) return false
      setQuery(text)
      setPicked(0)
      return true
    },
  })
  const room = dialogRoom(width)
  const none: Line = [{text: items.length === 0 ? empty : 'Nothing matches.', tone: 'calm'}]
  // The query stays where it is while what it found scrolls.
  const bodyHeight = Math.max(1, height - 2)
  const start = windowStart(0, {index, total: found.length, height: bodyHeight})
  const rows = found.slice(start, start + bodyHeight).map((each, at) => itemLine(each, start + at === index, room))
  return (
    <DialogFrame
      title={title}
      lines={[[{text: ': ', tone: 'busy'}, {text: `${query}▏`}], ...(rows.length === 0 ? [none] : rows)]}
      width={width}
      height={height}
    />
  )
}

function itemLine({label, note, off}: PickerItem, isPicked: boolean, room: number): Line {
  const text = truncate(label, Math.max(8, room - 2))
  const side = off ?? note
  const left = room - 2 - widthOf(text) - 2
  const shown = left < 4 ? '' : truncate(side, left)
  return [
    {text: isPicked ? '› ' : '  ', tone: isPicked ? 'busy' : undefined},
    {text, tone: isPicked ? 'title' : off === undefined ? undefined : 'calm'},
    {text: ' '.repeat(Math.max(0, room - 2 - widthOf(text) - widthOf(shown)))},
    {text: shown, tone: off === undefined ? 'calm' : 'worry'},
  ]
}
