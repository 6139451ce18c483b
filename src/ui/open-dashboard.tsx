import {render} from 'ink'
import {App} from './app.js'
import type {DashboardHost} from './host.js'
import {KeyRouter} from './keys/key-router.js'
import {Painter} from './kit/paint.js'
import {Switchboard} from './switchboard.js'
import {ScreenStream} from './terminal/screen-stream.js'

const framesPerSecond = 30

/** Shows the dashboard until the user quits or the host's signal fires. The terminal is as before when it resolves. */
export async function openDashboard(host: DashboardHost): Promise<void> {
  const screen = new ScreenStream(host.stdout)
  const switchboard = new Switchboard(host)
  const router = new KeyRouter()
  const painter = new Painter({color: host.color})
  const {promise: quit, resolve: onQuit} = Promise.withResolvers<void>()
  const instance = render(<App {...{host, switchboard, router, painter, onQuit}} />, {
    stdout: screen as unknown as NodeJS.WriteStream,
    stdin: host.stdin,
    alternateScreen: true,
    incrementalRendering: true,
    interactive: true,
    exitOnCtrlC: false,
    maxFps: framesPerSecond,
  })
  const onAbort = () => onQuit()
  host.signal.addEventListener('abort', onAbort, {once: true})
  try {
    await Promise.race([quit, instance.waitUntilExit()])
  } finally {
    host.signal.removeEventListener('abort', onAbort)
    switchboard.dispose()
    instance.unmount()
    screen.close()
  }
}
