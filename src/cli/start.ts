import {readFileSync} from 'node:fs'
import {homedir, userInfo} from 'node:os'
import path from 'node:path'
import process from 'node:process'
import {pathToFileURL} from 'node:url'
import {systemClock} from '../shared/clock.js'
import {BiomajError} from '../shared/errors.js'
import {exitCodes} from './exit-codes.js'
import {processForeground} from './foreground.js'
import {main, type Program} from './main.js'
import type {Runtime} from './runtime.js'

export interface StartOptions {
  argv: readonly string[]
  /** Folder of package.json. */
  root: string
  exit: (code: number) => never
}

/**
 * One Ctrl-C often arrives twice: npm and timeout(1) pass on what the terminal has sent to the whole group already. Nobody
 * presses it twice as fast.
 */
const sameSignalMs = 80

/** Connects `main` to this process: streams, signals, and the only exit. */
export async function start({argv, root, exit}: StartOptions): Promise<void> {
  const interruption = new AbortController()
  let patienceMs = 1000
  let firstAtMs = 0
  let end: (() => void) | undefined
  let endTimer: NodeJS.Timeout | undefined
  // For whatever does not listen to the abort signal.
  const endLater = () => {
    clearTimeout(endTimer)
    if (end !== undefined) endTimer = setTimeout(end, patienceMs).unref()
  }
  const onSignal = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => {
    if (interruption.signal.aborted) {
      if (performance.now() - firstAtMs < sameSignalMs) return
      exit(signal === 'SIGINT' ? 130 : 143)
    }
    firstAtMs = performance.now()
    end = () => exit(signal === 'SIGINT' ? 130 : 143)
    interruption.abort(
      signal === 'SIGINT'
        ? new BiomajError({code: 'interrupted', message: 'Interrupted'})
        : new BiomajError({code: 'terminated', message: 'Terminated'}),
    )
    endLater()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  // A reader that has seen enough (`biomaj logs | head`) is no error; a terminal that is gone ends like its hang-up.
  const outputErrors: Readonly<Record<string, number>> = {EPIPE: 0, EIO: 143}
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    const code = outputErrors[error.code ?? '']
    if (code === undefined) process.stderr.write(`✗ The output cannot be written: ${error.message}\n`)
    exit(code ?? exitCodes.output_failed)
  })
  // Whoever read our remarks is gone, perhaps with the terminal: what is under way must still be put in order.
  process.stderr.on('error', () => undefined)

  const home = firstFolder(homedir, () => userInfo().homedir)
  // Libraries ask the system again, and some of them fail when it does not know.
  process.env['HOME'] = home
  const runtime: Runtime = {
    env: process.env,
    platform: process.platform,
    home,
    cwd: firstFolder(() => process.cwd()),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interruption.signal,
    allowAfterInterrupt: ms => {
      patienceMs = ms
      endLater()
    },
    foreground: processForeground,
    clock: systemClock,
    date: () => new Date(),
    keychainChild: path.join(root, 'dist/config/credentials/keychain-child.js'),
  }
  const exitCode = await main(argv, programAt(root), runtime)
  // What is still under way (sockets of an abandoned request, a prompt) must not keep the process, but what was written must arrive.
  await Promise.all([flushed(process.stdout), flushed(process.stderr)])
  exit(exitCode)
}

/**
 * HOME may be missing, empty or relative, the user without an entry in the system's list, as in some containers, and
 * the working directory deleted. Few commands need them: those tell what they cannot read or write.
 */
function firstFolder(...ways: ReadonlyArray<() => string>): string {
  for (const way of ways) {
    try {
      const folder = way()
      if (path.isAbsolute(folder)) return folder
    } catch {
      // The system does not know: the next way may.
    }
  }
  return path.parse(process.execPath).root
}

/** The built program: commands are known from oclif's manifest and imported one by one. */
function programAt(root: string): Program {
  const read = (name: string): unknown => JSON.parse(readFileSync(path.join(root, name), 'utf8'))
  const {version} = read('package.json') as {version: string}
  const {commands} = read('oclif.manifest.json') as {commands: Record<string, {hidden?: boolean}>}
  return {
    root,
    version,
    commandIds: Object.keys(commands).filter(id => commands[id]?.hidden !== true),
    loadCommand: async id => {
      const file = path.join(root, 'dist/commands', ...`${id}.js`.split(':'))
      const module = (await import(pathToFileURL(file).href)) as {default: Awaited<ReturnType<Program['loadCommand']>>}
      return module.default
    },
  }
}

async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>(resolve => {
    stream.write('', () => resolve())
  })
}
