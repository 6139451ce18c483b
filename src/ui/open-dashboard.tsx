import {render} from 'ink'
import {App} from './app.js'
import type {DashboardHost} from './host.js'
import {KeyRouter} from './keys/key-router.js'
import {Painter} from './kit/paint.js'
import {Switchboard} from './switchboard.js'
import {ScreenStream} from './terminal/screen-stream.js'
import {TerminalControl} from './terminal/terminal-control.js'

const framesPerSecond = 30

/** Why the dashboard ended: the user left, pressed Ctrl-C, the host's signal was aborted, or the terminal is gone. */
export type DashboardEnd = 'quit' | 'interrupted' | 'aborted' | 'hung up'

/**
 * Shows the dashboard until the user leaves or the host's signal fires. The terminal is as before when it resolves.
 *
 * @throws whatever nobody in the dashboard caught, also from outside of React
 */
export async function openDashboard(host: DashboardHost): Promise<DashboardEnd> {
  const {foreground, stdin, signal} = host
  const {promise: ended, resolve: end, reject: crash} = Promise.withResolvers<DashboardEnd>()
  const screen = new ScreenStream(host.stdout, () => instance.clear())
  const switchboard = new Switchboard(host)
  const router = new KeyRouter()
  const painter = new Painter({color: host.color})
  const terminal = new TerminalControl({
    foreground,
    halt: () => switchboard.getSnapshot().feed.halt(),
    drawAnew: () => screen.drawAnew(),
  })
  const instance = render(<App {...{host, switchboard, router, painter, terminal, end}} />, {
    stdout: screen as unknown as NodeJS.WriteStream,
    stdin,
    alternateScreen: true,
    incrementalRendering: true,
    interactive: true,
    exitOnCtrlC: false,
    // The host takes care of what others write.
    patchConsole: false,
    maxFps: framesPerSecond,
  })
  const onAbort = () => end('aborted')
  const onHangUp = () => end('hung up')
  signal.addEventListener('abort', onAbort, {once: true})
  stdin.on('end', onHangUp).on('error', onHangUp)
  const giveBack = [
    foreground.onUncaught(crash),
    foreground.onExit(() => screen.close()),
    foreground.onStopAsked(() => void terminal.suspend()),
    foreground.onContinued(() => void terminal.takeBack()),
  ]
  if (signal.aborted) end('aborted')
  try {
    return await Promise.race([ended, instance.waitUntilExit().then((): DashboardEnd => 'quit')])
  } finally {
    switchboard.dispose()
    try {
      instance.unmount()
    } finally {
      screen.close()
      for (const give of giveBack) give()
      signal.removeEventListener('abort', onAbort)
      stdin.off('end', onHangUp).off('error', onHangUp)
    }
  }
}
