import type {Line} from '../../presentation/text.js'
import {useDashboard} from '../dashboard-context.js'
import {lineWidth} from '../kit/paint.js'
import {windowStart} from '../kit/list-window.js'
import {Rows} from '../kit/rows.js'

export interface DialogContent {
  title: string
  lines: readonly Line[]
  /** Index of the line that must be on screen, whatever the height. */
  focus?: number | undefined
  /** First line on screen, instead of `focus`. */
  start?: number | undefined
  /** Always on screen, below the lines. */
  foot?: readonly Line[]
}

const widest = 96

/** Columns that a dialog has for its lines. */
export function dialogRoom(width: number): number {
  return Math.min(width, widest) - 2
}

/** Rows of a dialog: a titled rule, as many lines as there is room for, and what always shows. */
export function dialogLines(
  {title, lines, focus = 0, start: wanted, foot = []}: DialogContent,
  room: {width: number; height: number},
): Line[] {
  const width = Math.min(room.width, widest)
  const bodyHeight = Math.max(1, room.height - 1 - foot.length)
  const start = wanted ?? windowStart(0, {index: focus, total: lines.length, height: bodyHeight})
  const above = start > 0
  const below = start + bodyHeight < lines.length
  const more = above || below ? ` ${above ? '↑' : ' '}${below ? '↓' : ' '}` : ''
  const heading: Line = [{text: ` ${title} `, tone: 'title'}]
  const rule = Math.max(0, width - lineWidth(heading) - more.length - 1)
  return [
    [...heading, {text: '─'.repeat(rule), tone: 'calm' as const}, {text: more, tone: 'busy' as const}],
    ...lines.slice(start, start + bodyHeight).map(content => [{text: ' '}, ...content]),
    ...foot.map(content => [{text: ' '}, ...content]),
  ]
}

/** What lies over the screen: it has the room of the view. */
export function DialogFrame({width, height, ...content}: DialogContent & {width: number; height: number}) {
  const {painter} = useDashboard()
  const rows = dialogLines(content, {width, height})
  return <Rows height={height} rows={rows.map(row => painter.row(row, Math.min(width, widest)))} />
}
