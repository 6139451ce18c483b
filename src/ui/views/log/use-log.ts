import {useEffect, useMemo, useRef, useSyncExternalStore} from 'react'
import {useDashboard} from '../../dashboard-context.js'
import {LogFeed, type LogSnapshot} from '../../data/log-feed.js'
import {useFeed} from '../../kit/use-source.js'

const shortestIntervalMs = 1000

/** The log of a bank, which is read while the component is shown. */
export function useLog(bank: string): LogSnapshot & {refresh: () => void} {
  const {feed, host} = useDashboard()
  const {paused, intervalMs: boardIntervalMs} = useFeed()
  // Somebody who follows a log looks closer than somebody who watches a board.
  const intervalMs = Math.max(shortestIntervalMs, boardIntervalMs / 2)
  // Another interval is no reason to read the log anew.
  const first = useRef(intervalMs)
  const log = useMemo(
    () => new LogFeed({bank, cluster: async () => feed.cluster(), clock: host.clock, intervalMs: first.current}),
    [bank, feed, host],
  )
  useEffect(() => log.start(), [log])
  useEffect(() => log.setPaused(paused), [log, paused])
  useEffect(() => log.setIntervalMs(intervalMs), [log, intervalMs])
  const snapshot = useSyncExternalStore(log.subscribe, log.getSnapshot)
  return {...snapshot, refresh: () => log.refresh()}
}
