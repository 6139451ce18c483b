import {useMemo, useRef} from 'react'
import type {Column} from '../../presentation/columns.js'
import {line, type Line} from '../../presentation/text.js'
import {useDashboard} from '../dashboard-context.js'
import {isAging} from '../data/feed.js'
import type {Kept} from '../data/kept.js'
import {edited} from '../keys/key.js'
import {listOf} from '../state/ui-state.js'
import {ageNote, dimmed, isOld, reasonLines} from './age.js'
import {fuzzyFilter, lazyTexts} from './fuzzy.js'
import {moved, type Move, selectedIndex, windowStart} from './list-window.js'
import {indent, titleLine} from './panels.js'
import {Rows} from './rows.js'
import {sorted} from './sorted.js'
import {tableLines} from './table-lines.js'
import {useKeys} from './use-keys.js'
import {useNowMs} from './use-now.js'
import {useFeed} from './use-source.js'

export interface ListViewProps<Item> {
  /** Names the list's state: selection, filter and order outlive the view. */
  list: string
  title: string
  /** Where the items come from: how old they are, and why they are no newer. */
  kept: Kept<unknown>
  items: readonly Item[]
  columns: ReadonlyArray<Column<Item>>
  /** Identity of a row; unique. */
  idOf: (item: Item) => string
  /** What the filter looks at. */
  textOf: (item: Item) => string
  width: number
  height: number
  /** What stands where there are no items at all. */
  empty: string
  /** Lines between the title and the table. */
  above?: readonly Line[] | undefined
  onOpen?: ((item: Item) => void) | undefined
  /** Called with the selected row when keys are offered about it. */
  children?: ((selected: Item | undefined) => React.ReactNode) | undefined
}

/** A table of any length of which only what is on screen is drawn; with selection by identity, filter and order. */
export function ListView<Item>(props: ListViewProps<Item>) {
  const {list, title, kept, items, columns, idOf, textOf, width, height, empty, above = none, onOpen, children} = props
  const {state, dispatch, painter} = useDashboard()
  const own = listOf(state, list)
  const {isFiltering} = state
  const textAt = useMemo(() => lazyTexts(items, textOf), [items, textOf])
  const shown = useMemo(
    () => sorted(fuzzyFilter(items, own.filter, textAt), columns, own.sort),
    [items, own.filter, own.sort, columns, textAt],
  )
  const ids = useMemo(() => shown.map(item => idOf(item)), [shown, idOf])
  const index = selectedIndex(ids, own)
  const feed = useFeed()
  const nowMs = useNowMs(isAging(feed))
  const reasons = reasonLines(kept, feed)
  const hasFilter = own.filter !== '' || isFiltering
  // On a small screen what stands above gives way to the rows.
  const aboveHeight = Math.min(above.length, Math.max(0, height - smallestTable))
  const bodyHeight = Math.max(1, height - 2 - reasons.length - aboveHeight - (hasFilter ? 1 : 0))
  const start = useRef(0)
  const widths = useRef<readonly number[]>([])
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
    if (key === 'enter') {
      dispatch({type: 'filtering', on: false})
      return true
    }
    const filter = edited(own.filter, key)
    if (filter === undefined) return false
    dispatch({type: 'filter', list, filter})
    return true
  }

  const table = tableLines({
    columns,
    items: visible,
    width: width - indent - 1,
    sort: own.sort,
    atLeast: widths.current.length === columns.length ? widths.current : undefined,
  })
  widths.current = table.natural
  const shownCount = hasFilter ? `${shown.length} of ${items.length}` : String(items.length)
  const counted = kept.value === undefined ? title : `${title} ${shownCount}`
  const isLate = isOld(kept, {nowMs, feed})
  const paint = (content: Line) => painter.row(content, width)
  const body = (content: Line) => paint([{text: ' '.repeat(indent)}, ...content])
  const painted = [
    paint(titleLine({title: counted, note: ageNote(kept, {nowMs, feed})}, width)),
    ...reasons.map(body),
    ...above.slice(0, aboveHeight).map(body),
    ...(hasFilter ? [paint([{text: ' / ', tone: 'busy'}, {text: `${own.filter}${isFiltering ? '▏' : ''}`}])] : []),
    ...(table.rows.length === 0 ? [] : [body(table.title)]),
    ...(table.rows.length === 0 && kept.value !== undefined
      ? [body(line({text: items.length === 0 ? empty : 'Nothing matches. Esc shows all again.', tone: 'calm'}))]
      : []),
    ...table.rows.map((row, at) => {
      const isSelected = start.current + at === index
      const content = isLate ? dimmed(row) : row
      return painter.row([{text: isSelected ? ' › ' : '   '}, ...content], width, {selected: isSelected})
    }),
  ]
  return (
    <>
      <Rows rows={painted} height={height} />
      {children?.(selected)}
    </>
  )
}

/** Rows that the table keeps at least, with its titles. */
const smallestTable = 8
const none: readonly Line[] = []
