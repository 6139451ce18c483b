import {EventEmitter} from 'node:events'
import {spawn} from '@lydell/node-pty'
import type {IPty} from '@lydell/node-pty'
import xterm from '@xterm/headless'

export interface TerminalOptions {
  command: string
  args?: readonly string[]
  /** Added to the environment of the tests; undefined takes a variable away. */
  env?: Readonly<Record<string, string | undefined>>
  cwd?: string
  /** Default 80. */
  cols?: number
  /** Default 24. */
  rows?: number
}

export interface TerminalExit {
  code: number
  /** Number of the signal that ended the process, or 0. */
  signal: number
}

export const keySequences = {
  enter: '\r',
  escape: '\u001B',
  tab: '\t',
  'shift+tab': '\u001B[Z',
  backspace: '\u007F',
  delete: '\u001B[3~',
  space: ' ',
  up: '\u001B[A',
  down: '\u001B[B',
  right: '\u001B[C',
  left: '\u001B[D',
  home: '\u001B[H',
  end: '\u001B[F',
  pageup: '\u001B[5~',
  pagedown: '\u001B[6~',
  'ctrl+c': '\u0003',
  'ctrl+d': '\u0004',
  'ctrl+l': '\u000C',
  'ctrl+u': '\u0015',
  'ctrl+z': '\u001A',
} as const

export type Key = keyof typeof keySequences

/** Runs a program in a pseudo-terminal whose screen is emulated: what a person would see, not what was written. */
export function spawnInTerminal(options: TerminalOptions): TerminalSession {
  return new TerminalSession(options)
}

export class TerminalSession {
  readonly #pty: IPty
  readonly #terminal: xterm.Terminal
  readonly #changed = new EventEmitter().setMaxListeners(0)
  readonly #bytes: Buffer[] = []
  #exit: TerminalExit | undefined
  #unparsed = 0

  constructor({command, args = [], env = {}, cwd = process.cwd(), cols = 80, rows = 24}: TerminalOptions) {
    this.#terminal = new xterm.Terminal({cols, rows, allowProposedApi: true, scrollback: 5000})
    this.#pty = spawn(command, [...args], {
      // node-pty sets TERM from this, over what `env` says.
      name: env['TERM'] ?? 'xterm-256color',
      cols,
      rows,
      cwd,
      env: environment(env),
      // Bytes, so that a character split between two reads reaches the emulator unharmed.
      encoding: null,
    })
    this.#pty.onData(data => {
      const bytes = Buffer.from(data)
      this.#bytes.push(bytes)
      this.#unparsed += 1
      this.#terminal.write(bytes, () => {
        this.#unparsed -= 1
        this.#changed.emit('change')
      })
    })
    // The emulator answers what programs ask a terminal: its kind, the cursor's place.
    this.#terminal.onData(answer => {
      if (this.#exit === undefined) this.#pty.write(answer)
    })
    this.#pty.onExit(({exitCode, signal}) => {
      this.#exit = {code: exitCode, signal: signal ?? 0}
      this.#changed.emit('change')
    })
  }

  get pid(): number {
    return this.#pty.pid
  }

  /** Everything that the program has written so far. */
  get raw(): Buffer {
    return Buffer.concat(this.#bytes)
  }

  /** The program draws on the alternate screen, as full-screen programs do. */
  get alternateScreen(): boolean {
    return this.#terminal.buffer.active.type === 'alternate'
  }

  /** Zero-based place of the cursor, and whether it is shown. */
  get cursor(): {x: number; y: number; visible: boolean} {
    const {cursorX: x, cursorY: y} = this.#terminal.buffer.active
    const raw = this.raw.toString('latin1')
    return {x, y, visible: raw.lastIndexOf('\u001B[?25l') <= raw.lastIndexOf('\u001B[?25h')}
  }

  /** The lines on the screen, one per row, without trailing blanks. */
  screen(): string[] {
    return this.#lines(this.#terminal.buffer.active.baseY)
  }

  /** The lines that scrolled away and those on the screen. */
  scrollback(): string[] {
    return this.#lines(0)
  }

  /** Resolves with the screen on which the text stands, at once if it already does. */
  async waitForText(text: string | RegExp, timeoutMs = 10_000): Promise<string[]> {
    const stands = (): boolean => {
      const screen = this.screen().join('\n')
      return typeof text === 'string' ? screen.includes(text) : text.test(screen)
    }
    await this.#waitUntil(stands, `${String(text)} on the screen`, timeoutMs)
    return this.screen()
  }

  /** Resolves with the screen once the predicate holds for it. */
  async waitForScreen(predicate: (screen: string[]) => boolean, timeoutMs = 10_000): Promise<string[]> {
    await this.#waitUntil(() => predicate(this.screen()), 'the awaited screen', timeoutMs)
    return this.screen()
  }

  /** Resolves when the process ended and all that it wrote is on the screen. */
  async waitForExit(timeoutMs = 10_000): Promise<TerminalExit> {
    await this.#waitUntil(() => this.#exit !== undefined && this.#unparsed === 0, 'the end of the process', timeoutMs)
    return this.#exit ?? {code: -1, signal: 0}
  }

  /** Presses keys one after the other. */
  press(...keys: Key[]): void {
    for (const key of keys) this.#pty.write(keySequences[key])
  }

  /** Types text, all of it in one write, as a paste without brackets does. */
  type(text: string): void {
    this.#pty.write(text)
  }

  resize(cols: number, rows: number): void {
    this.#terminal.resize(cols, rows)
    this.#pty.resize(cols, rows)
  }

  signal(name: NodeJS.Signals): void {
    this.#pty.kill(name)
  }

  /** Ends the process if it still runs; for `afterEach`. */
  async stop(): Promise<void> {
    if (this.#exit === undefined) {
      this.#pty.kill('SIGKILL')
      await this.waitForExit()
    }
    this.#terminal.dispose()
  }

  #lines(from: number): string[] {
    const {active} = this.#terminal.buffer
    const end = active.baseY + this.#terminal.rows
    return Array.from({length: end - from}, (_, row) => active.getLine(from + row)?.translateToString(true) ?? '')
  }

  async #waitUntil(holds: () => boolean, awaited: string, timeoutMs: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const finish = (error?: Error): void => {
        clearTimeout(timer)
        this.#changed.off('change', look)
        if (error === undefined) resolve()
        else reject(error)
      }
      const fail = (reason: string): void => {
        finish(new Error(`No ${awaited}: ${reason}. The screen:\n${framed(this.screen())}`))
      }
      const look = (): void => {
        if (holds()) finish()
        else if (this.#exit !== undefined && this.#unparsed === 0) fail(`the process ended with ${this.#exit.code}`)
      }
      const timer = setTimeout(() => {
        fail(`not within ${timeoutMs} ms`)
      }, timeoutMs)
      this.#changed.on('change', look)
      look()
    })
  }
}

function environment(changes: Readonly<Record<string, string | undefined>>): Record<string, string> {
  // Programs behave differently under CI, and Ink prints only its last frame there.
  const unset = {CI: undefined, CONTINUOUS_INTEGRATION: undefined, NO_COLOR: undefined, FORCE_COLOR: undefined}
  const merged = {...process.env, ...unset, COLORTERM: 'truecolor', ...changes}
  return Object.fromEntries(
    Object.entries(merged).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}

function framed(lines: string[]): string {
  const last = lines.findLastIndex(line => line !== '')
  return lines
    .slice(0, last + 1)
    .map(line => `| ${line}`)
    .join('\n')
}
