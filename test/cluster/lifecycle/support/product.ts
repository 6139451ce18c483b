import {spawn} from 'node:child_process'
import type {ChildProcess, StdioOptions} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {fileURLToPath} from 'node:url'
import type {ReadyEvent} from '../../../../src/cli/cluster/ready.js'
import {until} from '../../../support/until.js'
import {isAlive} from '../../workers/support/processes.js'

/** The built program of this checkout. */
const program = fileURLToPath(new URL('../../../../bin/run.js', import.meta.url))

export interface Ended {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

/** A new user of this machine, with a HOME and a folder for temporary files of their own, who runs the built program. */
export class Somebody {
  readonly home = mkdtempSync(path.join(tmpdir(), 'biomaj-lifecycle-'))
  readonly temporary = mkdtempSync(path.join(tmpdir(), 'biomaj-lifecycle-tmp-'))
  readonly #started: Started[] = []
  readonly #inMemory = new Set<string>()

  get env(): Record<string, string> {
    const {PATH} = process.env
    return {
      PATH: PATH ?? '',
      HOME: this.home,
      TMPDIR: this.temporary,
      TZ: 'UTC',
      LANG: 'C.UTF-8',
      NODE_DISABLE_COMPILE_CACHE: '1',
    }
  }

  start(args: readonly string[], options: StartedOptions = {}): Started {
    return this.#keep(new Started([program, ...args], {env: this.env, cwd: this.home}, options))
  }

  /** Runs a script in a process of its own. */
  script(text: string, args: readonly string[] = []): Started {
    return this.#keep(new Started(['--input-type=module', '-e', text, ...args], {env: this.env, cwd: this.home}, {}))
  }

  async run(args: readonly string[], {input = '', ...options}: StartedOptions & {input?: string} = {}): Promise<Ended> {
    const started = this.start(args, options)
    started.process.stdin?.end(input)
    return await started.ended
  }

  async json<Document = Record<string, unknown>>(args: readonly string[]): Promise<Document> {
    const {stdout} = await this.run([...args, '--json'])
    return JSON.parse(stdout) as Document
  }

  /** Starts a cluster in the foreground and waits until it serves. */
  async cluster(args: readonly string[] = [], options: StartedOptions = {}): Promise<Started & {ready: ReadyEvent}> {
    const started = this.start(['cluster', 'start', '--port', '0', '--json', ...args], options)
    const ready = await started.firstLine()
    this.temporaryFolders()
    return Object.assign(started, {ready})
  }

  /** The program, as arguments of Node. */
  get command(): string[] {
    return [program]
  }

  /** Data directories of clusters in memory. What they link to in the system's memory is remembered. */
  temporaryFolders(): string[] {
    const folders = readdirSync(this.temporary).filter(name => name.startsWith('biomaj-memory-'))
    for (const folder of folders) {
      const linked = linkOf(path.join(this.temporary, folder, 'cluster.sqlite'))
      if (linked !== undefined) this.#inMemory.add(path.dirname(linked))
    }
    return folders
  }

  /** Notes of running clusters. */
  notes(): string[] {
    const folder = path.join(this.home, '.local/share/biomaj/running')
    return existsSync(folder) ? readdirSync(folder) : []
  }

  /** What clusters in memory have left, in the temporary folder and in the system's memory. */
  leftovers(): string[] {
    return [...this.temporaryFolders(), ...[...this.#inMemory].filter(folder => existsSync(folder))]
  }

  async leave(): Promise<void> {
    await Promise.all(this.#started.map(async started => await started.kill()))
    for (const name of this.notes()) killIfAlive(Number.parseInt(name, 10))
    for (const folder of [this.home, this.temporary]) rmSync(folder, {recursive: true, force: true, maxRetries: 5})
  }

  #keep(started: Started): Started {
    this.#started.push(started)
    return started
  }
}

export interface StartedOptions {
  env?: Readonly<Record<string, string>>
  stdio?: StdioOptions
}

export class Started {
  readonly process: ChildProcess
  readonly ended: Promise<Ended>
  #stdout = ''
  #stderr = ''

  constructor(
    args: readonly string[],
    {env, cwd}: {env: Record<string, string>; cwd: string},
    {env: more = {}, stdio = 'pipe'}: StartedOptions,
  ) {
    this.process = spawn(process.execPath, [...args], {cwd, env: {...env, ...more}, stdio})
    this.process.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text))
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text))
    this.ended = once(this.process, 'close').then(([code, signal]) => ({
      code: code as number | null,
      signal: signal as NodeJS.Signals | null,
      stdout: this.#stdout,
      stderr: this.#stderr,
    }))
  }

  get stdout(): string {
    return this.#stdout
  }

  get stderr(): string {
    return this.#stderr
  }

  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null
  }

  /** The first line of standard output, which is JSON. */
  async firstLine(): Promise<ReadyEvent> {
    await until('a line', () => this.#stdout.includes('\n') || this.hasEnded)
    if (!this.#stdout.includes('\n')) throw new Error(`It ended without a line: ${this.#stderr}`)
    return JSON.parse(this.#stdout.slice(0, this.#stdout.indexOf('\n'))) as ReadyEvent
  }

  async end(signal: NodeJS.Signals): Promise<Ended> {
    this.process.kill(signal)
    return await this.ended
  }

  async kill(): Promise<void> {
    if (!this.hasEnded) await this.end('SIGKILL')
  }
}

function killIfAlive(pid: number): void {
  if (isAlive(pid)) process.kill(pid, 'SIGKILL')
}

function linkOf(file: string): string | undefined {
  try {
    return readlinkSync(file)
  } catch {
    // Not made yet, gone again, or a file.
    return undefined
  }
}
