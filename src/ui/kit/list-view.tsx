import {useMemo, useRef} from 'react'
import type {Column} from '../../presentation/columns.js'
import {line, type Line} from '../../presentation/text.js'
import {useDashboard} from '../dashboard-context.js'
import {listOf} from '../state/ui-state.js'
import {fuzzyFilter} from './fuzzy.js'
import {moved, type Move, selectedIndex, windowStart} from './list-window.js'
import {Rows} from './rows.js'
import {sorted} from './sorted.js'
import {tableLines} from './table-lines.js'
import {useKeys} from './use-keys.js'
import {typed} from '../keys/key.js'

export interface ListViewProps<Item> {
  /** Names the list's state: selection, filter and order outlive the view. */
  list: string
  items: readonly Item[]
  columns: ReadonlyArray<Column<Item>>
  /** Identity of a row; unique. */
  idOf: (item: Item) => string
  /** What the filter looks at. */
  textOf: (item: Item) => string
  width: number
  height: number
  /** What stands where there are no rows at all. */
  empty: Line
  onOpen?: ((item: Item) => void) | undefined
  /** Called with the selected row when keys are offered about it. */
  children?: ((selected: Item | undefined) => React.ReactNode) | undefined
}

/** A table of any length of which only what is on screen is drawn; with selection by identity, filter and order. */
export function ListView<Item>(props: ListViewProps<Item>) {
  const {list, items, columns, idOf, textOf, width, height, empty, onOpen, children} = props
  const {state, dispatch, painter} = useDashboard()
  const own = listOf(state, list)
  const {isFiltering} = state
  const shown = useMemo(
    () => sorted(fuzzyFilter(items, own.filter, textOf), columns, own.sort),
    [items, own.filter, own.sort, columns, textOf],
  )
  const ids = useMemo(() => shown.map(item => idOf(item)), [shown, idOf])
  const index = selectedIndex(ids, own)
  const bodyHeight = Math.max(1, height - (own.filter !== '' || isFiltering ? 2 : 1))
  const start = useRef(0)
  start.current = windowStart(start.current, {index: Math.max(0, index), total: ids.length, height: bodyHeight})
  const visible = shown.slice(start.current, start.current + bodyHeight)
  const selected = shown[index]

  const go = (move: Move) => () => {
    const next = moved(move, {index, total: ids.length, height: bodyHeight})
    dispatch({type: 'select', list, id: ids[next], index: next})
  }
  const sortable = columns.map(({title}) => title)
  const sortedAt = sortable.indexOf(own.sort?.column ?? '')
  useKeys({
    offers: {
      up: go('up'),
      down: go('down'),
      pageUp: go('pageUp'),
      pageDown: go('pageDown'),
      top: go('top'),
      bottom: go('bottom'),
      filter: () => dispatch({type: 'filtering', on: true}),
      sort: () => dispatch({type: 'sort', list, column: sortable[(sortedAt + 1) % sortable.length] ?? ''}),
      ...(own.sort ? {reverse: () => dispatch({type: 'sort', list, column: own.sort?.column ?? ''})} : {}),
      ...(onOpen && selected !== undefined ? {open: () => onOpen(selected)} : {}),
    },
    take: isFiltering ? key => take(key) : undefined,
  })

  /** While the filter is typed, letters are text; the arrows still move. */
  function take(key: string): boolean {
    const filter = (text: string) => dispatch({type: 'filter', list, filter: text})
    if (key === 'enter') dispatch({type: 'filtering', on: false})
    else if (key === 'backspace') filter(Array.from(own.filter).slice(0, -1).join(''))
    else if (key === 'ctrl-u') filter('')
    else if (typed(key) === undefined) return false
    else filter(own.filter + (typed(key) ?? ''))
    return true
  }

  const {title, rows} = tableLines({columns, items: visible, width: width - 2, sort: own.sort})
  const filterLine: Line[] =
    own.filter !== '' || isFiltering
      ? [
          [
            {text: '/ ', tone: 'busy'},
            {text: `${own.filter}${isFiltering ? '▏' : ''}`},
            {text: `  ${shown.length} of ${items.length}`, tone: 'calm'},
          ],
        ]
      : []
  const none = items.length === 0 ? empty : line({text: 'Nothing matches. Esc shows all again.', tone: 'calm'})
  const painted = [
    ...filterLine.map(content => painter.row(content, width)),
    painter.row([{text: '  '}, ...title], width),
    ...(rows.length === 0 ? [painter.row([{text: '  '}, ...none], width)] : []),
    ...rows.map((row, at) => {
      const isSelected = start.current + at === index
      return painter.row([{text: isSelected ? '› ' : '  '}, ...row], width, {selected: isSelected})
    }),
  ]
  return (
    <>
      <Rows rows={painted} height={height} />
      {children?.(selected)}
    </>
  )
}
