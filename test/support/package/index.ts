import {spawn} from 'node:child_process'
import type {ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {mkdtemp} from 'node:fs/promises'
import {request} from 'node:http'
import type {IncomingMessage} from 'node:http'
import path from 'node:path'
import {inject} from 'vitest'
import {z} from 'zod'
import {spawnInTerminal} from '../pty/index.js'
import type {TerminalOptions, TerminalSession} from '../pty/index.js'
import type {Installation} from './install.js'

export interface RunOptions {
  /** Added to a bare environment (PATH, HOME, TZ, LANG); undefined takes a variable away. */
  env?: Readonly<Record<string, string | undefined>>
  /** HOME of the process; default a new, empty one. */
  home?: string
  /** Written to standard input, which then ends. */
  input?: string
  /** Default: HOME. */
  cwd?: string
  /** After it the process and its children are killed, and the test fails. Default 30 s. */
  deadlineMs?: number
}

export interface RunResult {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

const answer = z.object({command: z.string(), folder: z.string(), tarball: z.string(), homes: z.string()})

/** The packed tarball, installed; the first call in a test run takes some seconds. Needs `npm run build` before. */
export async function installedPackage(): Promise<InstalledPackage> {
  const outgoing = request({socketPath: inject('packageSocket'), path: '/'}).end()
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  const text = Buffer.concat(await response.toArray()).toString('utf8')
  if (response.statusCode !== 200) throw new Error(text)
  return new InstalledPackage(answer.parse(JSON.parse(text)))
}

export class InstalledPackage {
  readonly #installation: Installation

  constructor(installation: Installation) {
    this.#installation = installation
  }

  /** Path of the `biomaj` command. */
  get command(): string {
    return this.#installation.command
  }

  /** The package as it is on a user's disk. */
  get folder(): string {
    return this.#installation.folder
  }

  get tarball(): string {
    return this.#installation.tarball
  }

  /** An empty HOME; deleted after the test run. */
  async newHome(): Promise<string> {
    return await mkdtemp(path.join(this.#installation.homes, 'home-'))
  }

  /** Runs the command to its end, with pipes for all three streams. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return await (await this.start(args, options)).result
  }

  /** Starts the command with pipes, for tests that signal it or talk with it. */
  async start(args: readonly string[], options: RunOptions = {}): Promise<RunningCommand> {
    const home = options.home ?? (await this.newHome())
    const child = spawn(this.command, [...args], {
      cwd: options.cwd ?? home,
      env: environment(home, options.env),
      stdio: 'pipe',
      // A process group, so that the deadline ends the children too.
      detached: true,
    })
    return new RunningCommand(child, `biomaj ${args.join(' ')}`, options)
  }

  /** Starts the command in a terminal; always `stop()` the session. */
  async terminal(
    args: readonly string[],
    {home, env, ...terminal}: Pick<RunOptions, 'home' | 'env' | 'cwd'> & Pick<TerminalOptions, 'cols' | 'rows'> = {},
  ): Promise<TerminalSession> {
    const ownHome = home ?? (await this.newHome())
    const outside = Object.fromEntries(Object.keys(process.env).map(name => [name, undefined]))
    return spawnInTerminal({
      command: this.command,
      args,
      cwd: ownHome,
      env: {...outside, TERM: 'xterm-256color', ...environment(ownHome, env)},
      ...terminal,
    })
  }
}

export class RunningCommand {
  readonly result: Promise<RunResult>
  readonly #child: ChildProcess
  readonly #chunks: Record<'stdout' | 'stderr', Buffer[]> = {stdout: [], stderr: []}

  constructor(child: ChildProcess, name: string, {input = '', deadlineMs = 30_000}: RunOptions) {
    this.#child = child
    child.stdout?.on('data', (chunk: Buffer) => this.#chunks.stdout.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => this.#chunks.stderr.push(chunk))
    // A command that does not read its input may end before all of it is written.
    child.stdin?.on('error', () => child.stdin?.destroy())
    child.stdin?.end(input)
    this.result = this.#end(name, deadlineMs)
    // Whoever only signals need not wait; whoever waits gets the failure.
    this.result.catch(() => undefined)
  }

  get stdout(): string {
    return Buffer.concat(this.#chunks.stdout).toString('utf8')
  }

  get stderr(): string {
    return Buffer.concat(this.#chunks.stderr).toString('utf8')
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  /** Resolves when a stream holds the text; rejects when the process ends without it. */
  async waitForOutput(text: string | RegExp, stream: 'stdout' | 'stderr' = 'stdout'): Promise<void> {
    const holds = (): boolean => (typeof text === 'string' ? this[stream].includes(text) : text.test(this[stream]))
    const source = this.#child[stream]
    await new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (!holds()) return
        source?.off('data', look)
        resolve()
      }
      source?.on('data', look)
      this.#child.once('close', () => {
        if (!holds()) reject(new Error(`Ended without ${String(text)} on ${stream}:\n${this.stdout}\n${this.stderr}`))
      })
      look()
    })
  }

  async #end(name: string, deadlineMs: number): Promise<RunResult> {
    let late = false
    const timer = setTimeout(() => {
      late = true
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL')
    }, deadlineMs)
    try {
      const [code, signal] = (await once(this.#child, 'close')) as [number | null, NodeJS.Signals | null]
      if (late) throw new Error(`${name} went on for ${deadlineMs} ms:\n${this.stdout}\n${this.stderr}`)
      return {code, signal, stdout: this.stdout, stderr: this.stderr}
    } finally {
      clearTimeout(timer)
    }
  }
}

function environment(home: string, changes: RunOptions['env'] = {}): Record<string, string> {
  // The Node that runs the tests runs the command as well.
  const search = [path.dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(path.delimiter)
  const merged = {PATH: search, HOME: home, TZ: 'UTC', LANG: 'C.UTF-8', ...changes}
  return Object.fromEntries(Object.entries(merged).filter((entry): entry is [string, string] => entry[1] !== undefined))
}
