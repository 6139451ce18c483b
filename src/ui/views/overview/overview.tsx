import {useDashboard} from '../../dashboard-context.js'
import {isAging} from '../../data/feed.js'
import {boardSource} from '../../data/sources.js'
import {contentWidth, hasTwoColumns, layoutPanels, paintRows, selectableLines} from '../../kit/panels.js'
import {type Move, moved, selectedIndex} from '../../kit/list-window.js'
import {Rows} from '../../kit/rows.js'
import {useKeys} from '../../kit/use-keys.js'
import {useNowMs} from '../../kit/use-now.js'
import {useFeed, useSource} from '../../kit/use-source.js'
import {listOf, type Screen} from '../../state/ui-state.js'
import {BankKeys} from '../bank-keys.js'
import type {ViewProps} from '../view.js'
import {compactPanels, overviewPanels} from './overview-panels.js'

const list = 'overview'
const banksScreen: Screen = {view: 'banks'}
// Below these, titles of panels would take the room of what they are about.
const leastRows = 16
const leastColumns = 60

/** The status board. Nothing is selected until somebody moves. */
export function Overview({width, height}: ViewProps) {
  const {painter, watched, state, dispatch, host} = useDashboard()
  const board = useSource(boardSource)
  const feed = useFeed()
  const isWorking = board.daemons.value?.some(({bank}) => bank !== null) === true
  const nowMs = useNowMs(isWorking || watched.troubles.size > 0 || isAging(feed))
  const {depths, since, troubles} = watched
  const isWide = hasTwoColumns(width)
  const isSmall = height < leastRows || width < leastColumns
  const room = {width: contentWidth(width), isWide, isSmall}
  const model = {board, depths, since, troubles, feed, nowMs, now: host.date(), ...room}
  const panels = isSmall ? compactPanels(model) : overviewPanels(model)
  const rows = layoutPanels(panels, {width, height})
  const lines = selectableLines(rows)
  const own = listOf(state, list)
  const index =
    own.selected === undefined
      ? -1
      : selectedIndex(
          lines.map(({id}) => id),
          own,
        )
  const go = (move: Move) => () => {
    const next = index === -1 && move !== 'bottom' ? 0 : moved(move, {index, total: lines.length, height: lines.length})
    dispatch({type: 'select', list, id: lines[next]?.id, index: next})
  }
  const target = lines[index]?.opens ?? banksScreen
  useKeys({
    offers: {
      ...(lines.length === 0 ? {} : {up: go('up'), down: go('down'), top: go('top'), bottom: go('bottom')}),
      open: () => dispatch({type: 'open', screen: target}),
    },
  })
  return (
    <>
      <Rows rows={paintRows(rows, painter, lines[index]?.id)} height={height} />
      <BankKeys bank={'bank' in target ? target.bank : undefined} />
    </>
  )
}
