import {useState} from 'react'
import {count} from '../../../presentation/text.js'
import {useDashboard} from '../../dashboard-context.js'
import {isAging} from '../../data/feed.js'
import {bankSource} from '../../data/sources.js'
import {selectedIndex} from '../../kit/list-window.js'
import {contentWidth, hasTwoColumns, layoutPanels, paintRows, selectableLines} from '../../kit/panels.js'
import {Rows} from '../../kit/rows.js'
import {clampedOffset, scrolled} from '../../kit/scroll.js'
import {useKeys} from '../../kit/use-keys.js'
import {useNowMs} from '../../kit/use-now.js'
import {useFeed, useSource} from '../../kit/use-source.js'
import {listId, listOf} from '../../state/ui-state.js'
import {BankKeys} from '../bank-keys.js'
import type {ViewProps} from '../view.js'
import {bankPanels, isUpdating, releaseOf} from './bank-panels.js'

/** One bank: what it does, what it has, what it did last. Its releases can be selected. */
export function Bank({bank: name, width, height}: ViewProps & {bank: string}) {
  const {painter, host, state, dispatch} = useDashboard()
  const parts = useSource(bankSource(name))
  const feed = useFeed()
  const isRunning = parts.bank.value !== undefined && isUpdating(parts.bank.value)
  const nowMs = useNowMs(isRunning || isAging(feed))
  const [offset, setOffset] = useState(0)
  const times = {now: host.date(), relative: true}
  const model = {name, parts, feed, nowMs, times, width: contentWidth(width), isWide: hasTwoColumns(width)}
  const rows = layoutPanels(bankPanels(model), {width})
  const lines = selectableLines(rows)
  const list = listId({view: 'bank', bank: name})
  const index = selectedIndex(
    lines.map(({id}) => id),
    listOf(state, list),
  )
  // The last row tells that there is more, where there is.
  const pageHeight = rows.length > height ? Math.max(1, height - 1) : height
  const room = {total: rows.length, height: pageHeight, rows: lines.map(({row}) => row)}
  const shown = clampedOffset(offset, room)
  const go = (move: Parameters<typeof scrolled>[0]) => () => {
    const next = scrolled(move, {offset: shown, index}, room)
    setOffset(next.offset)
    if (next.index !== index) dispatch({type: 'select', list, id: lines[next.index]?.id, index: next.index})
  }
  useKeys({
    offers: {
      up: go('up'),
      down: go('down'),
      pageUp: go('pageUp'),
      pageDown: go('pageDown'),
      top: go('top'),
      bottom: go('bottom'),
    },
  })
  const selected = lines[index]?.id
  const release = releaseOf(selected)
  const directory = parts.bank.value?.releases.find(each => each.release === release)?.directory
  const below = rows.length - shown - pageHeight
  const page = paintRows(rows.slice(shown, shown + pageHeight), painter, selected)
  const more = below > 0 ? [painter.row([{text: `   ↓ ${count(below, 'more line')}`, tone: 'calm'}], width)] : []
  return (
    <>
      <Rows rows={[...page, ...more]} height={height} />
      <BankKeys bank={name} release={release} directory={directory} />
    </>
  )
}
