import {useEffect, useMemo, useSyncExternalStore} from 'react'
import {useDashboard} from '../../dashboard-context.js'
import {LogFeed, type LogSnapshot} from '../../data/log-feed.js'
import {useFeed} from '../../kit/use-source.js'

const shortestIntervalMs = 1000

/** The log of a bank, which is read while the component is shown. */
export function useLog(bank: string): LogSnapshot & {refresh: () => void} {
  const {feed, host} = useDashboard()
  const {paused, intervalMs} = useFeed()
  const log = useMemo(
    () =>
      new LogFeed({
        bank,
        cluster: async () => feed.cluster(),
        clock: host.clock,
        // Somebody who follows a log looks closer than somebody who watches a board.
        intervalMs: Math.max(shortestIntervalMs, intervalMs / 2),
      }),
    [bank, feed, host, intervalMs],
  )
  useEffect(() => log.start(), [log])
  useEffect(() => log.setPaused(paused), [log, paused])
  const snapshot = useSyncExternalStore(log.subscribe, log.getSnapshot)
  return {...snapshot, refresh: () => log.refresh()}
}
