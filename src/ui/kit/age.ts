import {type Line, marked} from '../../presentation/text.js'
import {formatDuration} from '../../shared/durations.js'
import type {FeedSnapshot} from '../data/feed.js'
import {freshness, type Kept} from '../data/kept.js'

/**
 * How old something is, for the right end of its title. What is fresh shows the bound that it stays below, so that a screen
 * on which nothing changes is not drawn again every second.
 */
export function ageNote(kept: Kept<unknown>, {nowMs, feed}: {nowMs: number; feed: FeedSnapshot}): Line {
  const intervalMs = Math.max(feed.intervalMs, feed.pauseMs)
  const state = freshness(kept, {nowMs, intervalMs})
  if (kept.atMs === undefined) {
    return kept.error ? [{text: '? not known', tone: 'worry'}] : [{text: '… reading', tone: 'calm'}]
  }
  const age = formatWhole(nowMs - kept.atMs)
  if (kept.error && state === 'fresh') return [{text: `! ${age} old`, tone: 'worry'}]
  if (state === 'fresh') return [{text: `<${formatWhole(Math.ceil((intervalMs * 2) / 1000) * 1000)}`, tone: 'calm'}]
  return [{text: `! ${age} old`, tone: state === 'stale' ? 'bad' : 'worry'}]
}

/** Whole seconds, as nothing here is more exact. */
export function formatWhole(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000)
  return seconds < 10 ? `${Math.max(0, seconds)}s` : formatDuration(seconds * 1000)
}

/** Why something is not known, or no newer; nothing where the banner tells it of everything. */
export function reasonLines({error}: Kept<unknown>, {connection}: Pick<FeedSnapshot, 'connection'>): Line[] {
  if (error === undefined || connection.state === 'lost' || connection.state === 'refused') return []
  const {message, hint} = error
  return [marked('?', 'worry', hint === undefined ? message : `${message}. ${hint}`)]
}

/** What is late is still there to be read, but no longer shines. */
export function isOld(kept: Kept<unknown>, {nowMs, feed}: {nowMs: number; feed: FeedSnapshot}): boolean {
  const state = freshness(kept, {nowMs, intervalMs: Math.max(feed.intervalMs, feed.pauseMs)})
  return state === 'late' || state === 'stale'
}

export function dimmed(content: Line): Line {
  return content.map(({text}) => ({text, tone: 'calm'}))
}
