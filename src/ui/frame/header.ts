import type {PartError} from '../../operations/board/part.js'
import type {Line, Span} from '../../presentation/text.js'
import {type FeedSnapshot, partsOf} from '../data/feed.js'
import {boardSource} from '../data/sources.js'
import type {ClusterChoice} from '../host.js'
import {formatWhole} from '../kit/age.js'
import {lineWidth} from '../kit/paint.js'
import {type Screen} from '../state/ui-state.js'
import {titleOf} from '../views/view.js'
import {whoText} from './who-text.js'

export interface HeaderModel {
  cluster: Pick<ClusterChoice, 'name' | 'url' | 'user' | 'keyVariable' | 'readOnly'>
  feed: FeedSnapshot
  stack: readonly Screen[]
  nowMs: number
}

/** The top line: which cluster, as whom, and whether what is shown is what is. */
export function headerLine({cluster, feed, nowMs}: HeaderModel, width: number): Line {
  const title = {text: ' BioMAJ ', tone: 'title'} as const
  const name = {text: ` ${cluster.name}`, tone: 'busy'} as const
  const url = cluster.name === cluster.url ? [] : [{text: `  ${cluster.url}`, tone: 'calm'} as const]
  const user = {text: `  ${whoText(cluster, partsOf(feed, boardSource).caller.value)}`}
  const guard = cluster.readOnly ? [{text: '  READ-ONLY', tone: 'worry'} as const] : []
  const right = connectionLine(feed, nowMs)
  // Where there is no room, what can be done without goes first: whether it is safe to press keys stays to the end.
  const fitting = [
    [title, name, ...url, user, ...guard],
    [title, name, user, ...guard],
    [name, user, ...guard],
    [name, ...guard],
    guard,
    [],
  ].find(left => lineWidth(left) + lineWidth(right) + 2 <= width)
  if (fitting === undefined) return right
  return [...fitting, {text: ' '.repeat(width - lineWidth(fitting) - lineWidth(right) - 1)}, ...right]
}

function connectionLine(feed: FeedSnapshot, nowMs: number): Line {
  const {connection, paused, pauseMs, unansweredSinceMs} = feed
  if (paused) return [{text: '‖ paused', tone: 'worry'}]
  switch (connection.state) {
    case 'connecting':
      return [{text: '… connecting', tone: 'calm'}]
    case 'live':
      if (unansweredSinceMs !== undefined)
        return [{text: `! no answer for ${formatWhole(nowMs - unansweredSinceMs)}`, tone: 'worry'}]
      return [{text: `● live, every ${formatWhole(pauseMs)}`, tone: 'good'}]
    case 'lost': {
      const lastedMs = nowMs - connection.sinceMs
      return [{text: `✗ lost${lastedMs < 1000 ? '' : ` for ${formatWhole(lastedMs)}`}`, tone: 'bad'}]
    }
    case 'refused':
      return [refusedMark(connection)]
  }
}

/** In the fewest words why nobody asks any more. */
export function refusedMark({error}: {error: PartError}): Span {
  return {text: error.code === 'key_invalid' ? '✗ key not known' : '✗ key refused', tone: 'bad'}
}

/** Where we are: `Overview › Banks › alu`. Where there is no room for all of the way, its beginning is left out. */
export function breadcrumbLine(stack: readonly Screen[], width: number): Line {
  const last = stack.length - 1
  const crumbs = stack.map((screen, index): Span => ({text: titleOf(screen), tone: index === last ? 'title' : 'calm'}))
  for (let from = 0; from < last; from++) {
    const crumbsLeft = crumbs.slice(from)
    const separated = crumbsLeft.flatMap((crumb, index) => (index === 0 ? [crumb] : [between, crumb]))
    const whole = [from === 0 ? {text: ' '} : leftOut, ...separated]
    if (lineWidth(whole) < width) return whole
  }
  return [last === 0 ? {text: ' '} : leftOut, ...crumbs.slice(-1)]
}

const between: Span = {text: ' › ', tone: 'calm'}
const leftOut: Span = {text: ' … › ', tone: 'calm'}

/** Why what is shown may not be what is; undefined while all is well. */
export function bannerLine(feed: FeedSnapshot, nowMs: number): Line | undefined {
  const {connection, intervalMs, unansweredSinceMs} = feed
  const below = isAnythingKnown(feed) ? ' All below is old.' : ''
  if (connection.state === 'refused') {
    return [{text: ` ✗ ${connection.error.message}. Asking stopped: \`biomaj login\`, then r.`, tone: 'bad'}]
  }
  if (connection.state === 'lost') return [{text: ` ✗ ${connection.error.message}.${below}`, tone: 'bad'}]
  if (unansweredSinceMs === undefined || nowMs - unansweredSinceMs < intervalMs * 3) return undefined
  return [{text: ` ! The cluster was asked, and does not answer.${below}`, tone: 'worry'}]
}

function isAnythingKnown({known}: FeedSnapshot): boolean {
  return [...known.values()].some(parts => Object.values(parts).some(({atMs}) => atMs !== undefined))
}
