import {resolvePaths} from '../../config/paths.js'
import {interruptionOf} from '../../shared/abort.js'
import {BiomajError} from '../../shared/errors.js'
import {sanitise} from '../../shared/sanitise.js'
import {exitCodes} from '../exit-codes.js'
import type {Io} from '../io.js'
import type {OutputStream, Runtime} from '../runtime.js'
import {StrayLog} from './stray-log.js'

/** Shows the dashboard on the terminal, and tells how it ended. */
export type ShowDashboard = (output: ScreenOutput) => Promise<'quit' | 'interrupted' | 'aborted' | 'hung up'>

/** The terminal, past everything that goes to a log file while the dashboard has it. */
export interface ScreenOutput extends Pick<OutputStream, 'isTTY' | 'columns' | 'rows' | 'on' | 'off'> {
  write: (text: string) => boolean
}

/**
 * Gives the terminal to the dashboard and everything else that is written to a log file. Gives the exit status.
 *
 * @throws {BiomajError} `internal`, after the stack, when the dashboard failed by a fault of ours
 */
export async function runDashboard(show: ShowDashboard, {runtime, io}: {runtime: Runtime; io: Io}): Promise<number> {
  const {env, home, platform, foreground, signal} = runtime
  const stray = new StrayLog({directory: resolvePaths({env, home, platform}).state, date: () => runtime.date()})
  const diversion = foreground.divertOutput(stray.write)
  try {
    const end = await show(screenOutput(runtime, diversion.write))
    if (end === 'quit') return 0
    if (end === 'interrupted') return exitCodes.interrupted
    return end === 'aborted' ? exitCodes[interruptionOf(signal).code] : exitCodes.terminated
  } catch (error) {
    diversion.end()
    throw error instanceof BiomajError ? error : crashOf(error, runtime)
  } finally {
    diversion.end()
    for (const line of stray.kept) io.note(line)
    if (stray.isUsed) io.note(`Messages of this session are in ${stray.file}`)
  }
}

function screenOutput({stdout, platform}: Runtime, write: ScreenOutput['write']): ScreenOutput {
  return {
    isTTY: stdout.isTTY === true,
    get columns() {
      return stdout.columns ?? 80
    },
    get rows() {
      // Consoles of Windows scroll when the last cell of the last row is written, which cannot be undone.
      return Math.max(1, (stdout.rows ?? 24) - (platform === 'win32' ? 1 : 0))
    },
    write,
    on: stdout.on.bind(stdout),
    off: stdout.off.bind(stdout),
  }
}

/** Nobody can do again what led here: what is known of it has to be told now. */
function crashOf(error: unknown, {stderr}: Runtime): BiomajError {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  stderr.write(
    `${stack
      .split('\n')
      .map(row => sanitise(row))
      .join('\n')}\n`,
  )
  return new BiomajError({
    code: 'internal',
    message: 'The dashboard failed',
    hint: 'This is a bug in biomaj: please report what stands above.',
    cause: error,
  })
}
