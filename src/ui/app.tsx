import {Box, useInput, usePaste, useWindowSize} from 'ink'
import {useEffect, useLayoutEffect, useMemo, useReducer, useSyncExternalStore} from 'react'
import {type Dashboard, DashboardContext, useDashboard} from './dashboard-context.js'
import {bannerLine, breadcrumbLine, headerLine} from './frame/header.js'
import {footerLine} from './frame/footer.js'
import {isAging, partsOf} from './data/feed.js'
import {CommandRunner} from './actions/command-runner.js'
import {bankSource, boardSource} from './data/sources.js'
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
import {onTheirWayLines, toastLines, Toasts} from './frame/toasts.js'
import {useGlobalOffers} from './frame/use-global-offers.js'
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
  const {clock, signal} = parts.host
  const runner = useMemo(
    () => new CommandRunner({clock, signal, report: outcome => dispatch({type: 'toast', ...outcome})}),
    [clock, signal],
  )
  const dashboard = useMemo(() => ({...parts, ...shown, runner, state, dispatch}), [parts, shown, runner, state])
  const [pressed, countPressed] = useReducer((count: number) => count + 1, 0)
  const pump = useMemo(() => new KeyPump(router, countPressed), [router])
  useLayoutEffect(() => {
    if (pressed > 0) pump.goOn()
  }, [pump, pressed])
  const takenByTerminal = useTerminalKeys(parts.terminal, end)
  useInput((input, key) => pump.push(keysOf(input, key).filter(name => !takenByTerminal(name))))
  usePaste(text => pump.paste(text))
  useEffect(() => router.onRefused(text => dispatch({type: 'toast', tone: 'worry', text})), [router])
  const screen = currentScreen(state)
  const {columns, rows} = useWindowSize()
  const small = isTiny({columns, rows})
  const {modal} = state
  const asked = modal?.kind === 'command' ? modal.bank : undefined
  useEffect(() => {
    const {feed} = shown
    const own = asked === undefined ? [] : [bankSource(asked)]
    // Who is to decide about a bank should not look at what it was some time ago.
    const isOld = own.some(({id}) => feed.getSnapshot().known.has(id))
    feed.want(small ? [boardSource] : [...sourcesOf(screen), ...own])
    if (isOld) feed.refresh()
  }, [shown.feed, listId(screen), small, asked])
  return (
    <DashboardContext value={dashboard}>
      <Frame key={shown.showing} end={end} screen={screen} />
    </DashboardContext>
  )
}

const frameRows = 3

function Frame({end, screen}: Pick<AppProps, 'end'> & {screen: Screen}) {
  const {router, painter, state, cluster, runner} = useDashboard()
  const {columns: width, rows} = useWindowSize()
  const feed = useFeed()
  const offered = useSyncExternalStore(router.subscribe, router.getSnapshot)
  const nowMs = useNowMs(isAging(feed))
  useKeys({level: 'frame', offers: useGlobalOffers(end)})
  const banner = bannerLine(feed, nowMs)
  const onTheirWay = useSyncExternalStore(runner.subscribe, runner.getSnapshot)
  const toasts = [...onTheirWayLines(onTheirWay), ...toastLines(state.toasts, width)]
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
          paint(breadcrumbLine(state.stack, width)),
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
