import {Box, useInput, useWindowSize} from 'ink'
import {useEffect, useMemo, useReducer, useSyncExternalStore} from 'react'
import {type Dashboard, DashboardContext, useDashboard} from './dashboard-context.js'
import {bannerLine, breadcrumbLine, headerLine} from './frame/header.js'
import {footerLine} from './frame/footer.js'
import type {Offers} from './keys/key-router.js'
import {KeyPump} from './keys/key-pump.js'
import {keysOf} from './keys/key.js'
import {Rows} from './kit/rows.js'
import {useKeys} from './kit/use-keys.js'
import {useNowMs} from './kit/use-now.js'
import {useFeed} from './kit/use-source.js'
import {reduce} from './state/reducer.js'
import {currentScreen, initialState, listId, type Screen} from './state/ui-state.js'
import {Toasts} from './frame/toasts.js'
import {CurrentView} from './views/current-view.js'
import {sourcesOf} from './views/view.js'

export interface AppProps extends Omit<Dashboard, 'state' | 'dispatch'> {
  onQuit: () => void
}

/** The whole dashboard: state, keys, and the frame around the view. */
export function App({onQuit, ...parts}: AppProps) {
  const [state, dispatch] = useReducer(reduce, initialState)
  const dashboard = useMemo(() => ({...parts, state, dispatch}), [parts, state])
  const {router} = parts
  const pump = useMemo(() => new KeyPump(key => router.press(key)), [router])
  useInput((input, key) => pump.push(keysOf(input, key)))
  const screen = currentScreen(state)
  useEffect(() => parts.feed.want(sourcesOf(screen)), [parts.feed, listId(screen)])
  return (
    <DashboardContext value={dashboard}>
      <Frame onQuit={onQuit} screen={screen} />
    </DashboardContext>
  )
}

const frameRows = 3

function Frame({onQuit, screen}: {onQuit: () => void; screen: Screen}) {
  const {router, painter, state, host} = useDashboard()
  const {columns: width, rows} = useWindowSize()
  const feed = useFeed()
  const offered = useSyncExternalStore(router.subscribe, router.getSnapshot)
  const nowMs = useNowMs(feed.connection.state === 'lost')
  useKeys({offers: useGlobalOffers(onQuit)})
  const banner = bannerLine(feed)
  const height = Math.max(1, rows - frameRows - (banner ? 1 : 0))
  const paint = (line: Parameters<typeof painter.row>[0]) => painter.row(line, width)
  return (
    <Box flexDirection="column" width={width} height={rows}>
      <Rows
        height={banner ? 3 : 2}
        rows={[
          paint(headerLine({cluster: host.cluster, feed, stack: state.stack, nowMs}, width)),
          paint(breadcrumbLine(state.stack)),
          ...(banner ? [paint(banner)] : []),
        ]}
      />
      <CurrentView screen={screen} width={width} height={height - state.toasts.length} />
      <Toasts width={width} />
      <Rows height={1} rows={[paint(footerLine(offered, width))]} />
    </Box>
  )
}

const shortestIntervalMs = 1000
const longestIntervalMs = 60_000

function useGlobalOffers(onQuit: () => void): Offers {
  const {dispatch, feed, state} = useDashboard()
  const {paused, intervalMs} = useFeed()
  const go = (view: 'overview' | 'banks' | 'queue' | 'history' | 'services') => () =>
    dispatch({type: 'open', screen: {view}})
  return {
    overview: () => dispatch({type: 'home'}),
    banks: go('banks'),
    queue: go('queue'),
    history: go('history'),
    services: go('services'),
    ...(state.stack.length > 1 || state.isFiltering ? {back: () => dispatch({type: 'back'})} : {}),
    refresh: () => feed.refresh(),
    pause: () => feed.setPaused(!paused),
    faster: () => feed.setIntervalMs(Math.max(shortestIntervalMs, Math.round(intervalMs / 2))),
    slower: () => feed.setIntervalMs(Math.min(longestIntervalMs, intervalMs * 2)),
    quit: onQuit,
  }
}
