import {Box, useInput, usePaste, useWindowSize} from 'ink'
import {useEffect, useMemo, useReducer, useSyncExternalStore} from 'react'
import {type Dashboard, DashboardContext, useDashboard} from './dashboard-context.js'
import {bannerLine, breadcrumbLine, headerLine} from './frame/header.js'
import {footerLine} from './frame/footer.js'
import {partsOf} from './data/feed.js'
import {boardSource} from './data/sources.js'
import type {Offers} from './keys/key-router.js'
import {KeyPump} from './keys/key-pump.js'
import {keysOf} from './keys/key.js'
import {Rows} from './kit/rows.js'
import {useKeys} from './kit/use-keys.js'
import {useNowMs} from './kit/use-now.js'
import {useFeed} from './kit/use-source.js'
import {reduce} from './state/reducer.js'
import {currentScreen, initialState, listId, type Screen} from './state/ui-state.js'
import {isTiny, summaryLine} from './frame/summary-line.js'
import {ModalView} from './frame/modal-view.js'
import {toastLines, Toasts} from './frame/toasts.js'
import {useTerminalKeys} from './terminal/use-terminal-keys.js'
import {CurrentView} from './views/current-view.js'
import {sourcesOf, titleOf} from './views/view.js'

export interface AppProps extends Pick<Dashboard, 'host' | 'switchboard' | 'router' | 'painter' | 'terminal'> {
  end: (how: 'quit' | 'interrupted') => void
}

/** The whole dashboard: state, keys, and the frame around the view. */
export function App({end, ...parts}: AppProps) {
  const {router, switchboard} = parts
  const [state, dispatch] = useReducer(reduce, initialState)
  const shown = useSyncExternalStore(switchboard.subscribe, switchboard.getSnapshot)
  const dashboard = useMemo(() => ({...parts, ...shown, state, dispatch}), [parts, shown, state])
  const pump = useMemo(() => new KeyPump(router), [router])
  const takenByTerminal = useTerminalKeys(parts.terminal, end)
  useInput((input, key) => pump.push(keysOf(input, key).filter(name => !takenByTerminal(name))))
  usePaste(text => pump.paste(text))
  useEffect(() => router.onRefused(text => dispatch({type: 'toast', tone: 'worry', text})), [router])
  const screen = currentScreen(state)
  const {columns, rows} = useWindowSize()
  const small = isTiny({columns, rows})
  useEffect(() => shown.feed.want(small ? [boardSource] : sourcesOf(screen)), [shown.feed, listId(screen), small])
  return (
    <DashboardContext value={dashboard}>
      <Frame key={shown.id} end={end} screen={screen} />
    </DashboardContext>
  )
}

const frameRows = 3

function Frame({end, screen}: Pick<AppProps, 'end'> & {screen: Screen}) {
  const {router, painter, state, cluster} = useDashboard()
  const {columns: width, rows} = useWindowSize()
  const feed = useFeed()
  const offered = useSyncExternalStore(router.subscribe, router.getSnapshot)
  const nowMs = useNowMs(feed.connection.state === 'lost')
  useKeys({level: 'frame', offers: useGlobalOffers(end)})
  const banner = bannerLine(feed)
  const toasts = toastLines(state.toasts, width)
  const height = Math.max(1, rows - frameRows - (banner ? 1 : 0) - toasts.length)
  const paint = (line: Parameters<typeof painter.row>[0]) => painter.row(line, width)
  const room = {width, height}
  if (isTiny({columns: width, rows})) {
    return <Rows height={rows} rows={[paint(summaryLine(partsOf(feed, boardSource), feed))]} />
  }
  return (
    <Box flexDirection="column" width={width} height={rows}>
      <Rows
        height={banner ? 3 : 2}
        rows={[
          paint(headerLine({cluster, feed, stack: state.stack, nowMs}, width)),
          paint(breadcrumbLine(state.stack)),
          ...(banner ? [paint(banner)] : []),
        ]}
      />
      {/* Below a dialog the view goes on: it keeps what it has, and shows it again at once. */}
      <Box flexDirection="column" display={state.modal ? 'none' : 'flex'}>
        <CurrentView screen={screen} {...room} />
      </Box>
      {state.modal && <ModalView modal={state.modal} about={titleOf(screen)} {...room} />}
      <Toasts lines={toasts} width={width} />
      <Rows height={1} rows={[paint(footerLine(offered, width))]} />
    </Box>
  )
}

const shortestIntervalMs = 1000
const longestIntervalMs = 60_000

function useGlobalOffers(end: AppProps['end']): Offers {
  const {dispatch, feed, state, cluster, host, terminal} = useDashboard()
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
    contexts: {
      run: () => dispatch({type: 'modal', modal: {kind: 'contexts'}}),
      off: host.contexts.names().some(name => name !== cluster.name) ? undefined : 'No other context is known',
    },
    help: () => dispatch({type: 'modal', modal: {kind: 'help'}}),
    palette: () => dispatch({type: 'modal', modal: {kind: 'palette'}}),
    refresh: () => feed.refresh(),
    pause: () => feed.setPaused(!paused),
    faster: () => feed.setIntervalMs(Math.max(shortestIntervalMs, Math.round(intervalMs / 2))),
    slower: () => feed.setIntervalMs(Math.min(longestIntervalMs, intervalMs * 2)),
    redraw: () => terminal.drawAnew(),
    suspend: () => void terminal.suspend(),
    quit: () => end('quit'),
  }
}
