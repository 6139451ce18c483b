import {useSyncExternalStore} from 'react'
import {useDashboard} from '../dashboard-context.js'
import {type FeedSnapshot, partsOf} from '../data/feed.js'
import type {KeptParts, Source} from '../data/source.js'

export function useFeed(): FeedSnapshot {
  const {feed} = useDashboard()
  return useSyncExternalStore(feed.subscribe, feed.getSnapshot)
}

/** What is known of a source. The view's screen must want it: see `sourcesOf`. */
export function useSource<T extends object>(source: Source<T>): KeptParts<T> {
  return partsOf(useFeed(), source)
}
