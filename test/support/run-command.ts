import {PassThrough} from 'node:stream'
import {mkdtempSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {Config} from '@oclif/core'
import type {Outcome} from '../../src/cli/base-command.js'
import {reportError} from '../../src/cli/error-report.js'
import {Io} from '../../src/cli/io.js'
import type {OutputStream, Runtime} from '../../src/cli/runtime.js'
import {systemClock} from '../../src/shared/clock.js'
import {FakeForeground} from './foreground.js'

/** A command's class. */
export type CommandClass = new (argv: string[], config: Config, runtime: Runtime) => {execute(): Promise<Outcome>}

export interface RunCommandOptions {
  env?: Record<string, string>
  /** stdout, stderr and stdin are terminals. */
  tty?: boolean
  /** Lines typed, or piped in. */
  input?: string
  home?: string
  signal?: AbortSignal
}

export interface CommandRun {
  exitCode: number
  stdout: string
  stderr: string
}

/** Runs a command class in this process, as `main` does, with streams, environment and HOME of its own. */
export async function runCommand(
  Class: CommandClass,
  argv: string[],
  options: RunCommandOptions = {},
): Promise<CommandRun> {
  const stdout = captured(options.tty === true)
  const stderr = captured(options.tty === true)
  const stdin = Object.assign(new PassThrough(), {isTTY: options.tty === true})
  stdin.end(options.input ?? '')
  const home = options.home ?? mkdtempSync(path.join(tmpdir(), 'biomaj-home-'))
  const runtime: Runtime = {
    env: {HOME: home, TZ: 'UTC', ...options.env},
    platform: process.platform,
    home,
    cwd: home,
    stdin,
    stdout: stdout.stream,
    stderr: stderr.stream,
    signal: options.signal ?? new AbortController().signal,
    allowAfterInterrupt: () => undefined,
    foreground: new FakeForeground(),
    clock: systemClock,
    date: () => new Date(),
    keychainChild: path.join(process.cwd(), 'dist/config/credentials/keychain-child.js'),
  }
  const config = await Config.load({root: process.cwd()})
  let exitCode: number
  try {
    exitCode = (await new Class(argv, config, runtime).execute()).exitCode
  } catch (error) {
    const io = new Io(runtime, {
      json: argv.includes('--json'),
      quiet: false,
      debug: false,
      noColor: argv.includes('--no-color'),
      noInput: false,
    })
    exitCode = reportError(error, io)
  }
  return {exitCode, stdout: stdout.text(), stderr: stderr.text()}
}

function captured(isTTY: boolean): {stream: OutputStream; text: () => string} {
  const stream: OutputStream & PassThrough = Object.assign(new PassThrough(), {isTTY, columns: 80, rows: 24})
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return {stream, text: () => Buffer.concat(chunks).toString('utf8')}
}
