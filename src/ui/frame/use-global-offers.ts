import {useRef, useSyncExternalStore} from 'react'
import {useCommandOffers} from '../actions/use-commands.js'
import {useCopy} from '../actions/use-copy.js'
import {scheduleSource} from '../data/sources.js'
import {useDashboard} from '../dashboard-context.js'
import type {Offers} from '../keys/key-router.js'
import {useFeed, useSource} from '../kit/use-source.js'
import {currentScreen} from '../state/ui-state.js'

const shortestIntervalMs = 1000
const longestIntervalMs = 60_000

/** What can be done wherever one is. */
export function useGlobalOffers(end: (how: 'quit') => void): Offers {
  const {dispatch, feed, state, cluster, host, terminal, runner} = useDashboard()
  const screen = currentScreen(state)
  const commands = useCommandOffers({bank: 'bank' in screen ? screen.bank : undefined, release: undefined})
  const copy = useCopy()
  const onTheirWay = useSyncExternalStore(runner.subscribe, runner.getSnapshot)
  const warnedOf = useRef<ReadonlyMap<string, string>>(undefined)
  const {paused, intervalMs} = useFeed()
  const {schedule} = useSource(scheduleSource)
  const go = (view: 'banks' | 'queue' | 'history' | 'services' | 'schedule') => () =>
    dispatch({type: 'open', screen: {view}})

  /** Whoever leaves now would not hear what became of it. */
  function leave(): void {
    if (onTheirWay.size === 0 || warnedOf.current === onTheirWay) return end('quit')
    warnedOf.current = onTheirWay
    const titles = [...onTheirWay.values()].join(', ')
    dispatch({type: 'toast', tone: 'worry', text: `On its way: ${titles}. q again leaves without the answer`})
  }

  return {
    ...commands,
    overview: () => dispatch({type: 'home'}),
    banks: go('banks'),
    queue: go('queue'),
    history: go('history'),
    services: go('services'),
    schedule: {
      run: go('schedule'),
      off: schedule.value === null ? 'This cluster has no service that looks for new releases' : undefined,
    },
    ...(state.stack.length > 1 || state.isFiltering ? {back: () => dispatch({type: 'back'})} : {}),
    contexts: {
      run: () => dispatch({type: 'modal', modal: {kind: 'contexts'}}),
      off: host.contexts.names().some(name => name !== cluster.name) ? undefined : 'No other context is known',
    },
    help: () => dispatch({type: 'modal', modal: {kind: 'help'}}),
    palette: () => dispatch({type: 'modal', modal: {kind: 'palette'}}),
    copyCommand: copy.view(screen),
    refresh: () => feed.refresh(),
    pause: () => feed.setPaused(!paused),
    faster: () => feed.setIntervalMs(Math.max(shortestIntervalMs, Math.round(intervalMs / 2))),
    slower: () => feed.setIntervalMs(Math.min(longestIntervalMs, intervalMs * 2)),
    redraw: () => terminal.drawAnew(),
    suspend: () => void terminal.suspend(),
    quit: leave,
  }
}
