import {useDashboard} from '../../dashboard-context.js'
import {boardSource} from '../../data/sources.js'
import {layoutPanels} from '../../kit/panels.js'
import {Rows} from '../../kit/rows.js'
import {useNowMs} from '../../kit/use-now.js'
import {useFeed, useSource} from '../../kit/use-source.js'
import type {ViewProps} from '../view.js'
import {overviewPanels} from './overview-panels.js'

export function Overview({width, height}: ViewProps) {
  const {painter, watched} = useDashboard()
  const board = useSource(boardSource)
  const feed = useFeed()
  const isWorking = board.daemons.value?.some(({bank}) => bank !== null) === true
  const nowMs = useNowMs(isWorking || feed.connection.state !== 'live')
  const panels = overviewPanels({board, depths: watched.depths, since: watched.since, feed, nowMs})
  const lines = layoutPanels(panels, {width, height})
  return <Rows rows={lines.map(content => painter.row(content, width))} height={height} />
}
