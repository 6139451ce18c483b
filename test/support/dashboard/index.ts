import {EventEmitter} from 'node:events'
import {PassThrough} from 'node:stream'
import xterm from '@xterm/headless'
import {BiomajClient} from '../../../src/api/client.js'
import type {DashboardHost} from '../../../src/ui/host.js'
import {openDashboard} from '../../../src/ui/open-dashboard.js'
import type {DashboardEnd} from '../../../src/ui/open-dashboard.js'
import {Secret} from '../../../src/shared/secret.js'
import {FakeForeground} from '../foreground.js'
import {type Key, keySequences} from '../pty/index.js'
import {until} from '../until.js'
import {ManualClock} from './manual-clock.js'

export {ManualClock} from './manual-clock.js'

export interface DashboardOptions {
  /** Where the cluster is. */
  url: string
  /** Key of `jane`, who owns the banks of the scripted cluster. */
  apiKey?: string | undefined
  /** Default 80. */
  columns?: number
  /** Default 24. */
  rows?: number
  color?: boolean
  readOnly?: boolean
  intervalMs?: number
  clock?: ManualClock
  now?: Date
  /** What else the host is to be like. */
  host?: Partial<DashboardHost>
}

/** Opens the whole dashboard in this process, on a terminal that is emulated and with a clock that the test moves. */
export function showDashboard(options: DashboardOptions): ShownDashboard {
  return new ShownDashboard(options)
}

export class ShownDashboard {
  readonly clock: ManualClock
  readonly foreground = new FakeForeground()
  /** Resolves when the dashboard has ended. */
  readonly ended: Promise<DashboardEnd>
  readonly #terminal: xterm.Terminal
  readonly #stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => this.#stdin,
    ref: () => this.#stdin,
    unref: () => this.#stdin,
  })
  readonly #stdout: FakeOutput
  readonly #ending = new AbortController()

  constructor({
    url,
    apiKey = 'JANEKEY001',
    columns = 80,
    rows = 24,
    color = false,
    readOnly = false,
    intervalMs = 2000,
    clock = new ManualClock(),
    now = new Date('2026-11-21T12:00:00Z'),
    host = {},
  }: DashboardOptions) {
    this.clock = clock
    this.#terminal = new xterm.Terminal({cols: columns, rows, allowProposedApi: true})
    this.#stdout = new FakeOutput(this.#terminal)
    const connect = async () =>
      Promise.resolve(new BiomajClient({url: new URL(url), apiKey: new Secret(apiKey), readOnly}))
    this.ended = openDashboard({
      stdin: this.#stdin as unknown as NodeJS.ReadStream,
      stdout: this.#stdout,
      foreground: this.foreground,
      clock,
      date: () => now,
      signal: this.#ending.signal,
      color,
      inTmux: false,
      cluster: {name: 'test', url: 'http://cluster', user: 'jane', readOnly, connect},
      contexts: {
        names: () => [],
        open: name => {
          throw new Error(`There is no context ${name}`)
        },
      },
      intervalMs,
      ...host,
    })
  }

  /** Bytes that were written so far. */
  get bytesWritten(): number {
    return this.#stdout.bytes
  }

  /** What was last put on the clipboard. */
  get clipboard(): string | undefined {
    return this.#stdout.clipboard
  }

  /** The rows of the screen, without trailing blanks. */
  rows(): string[] {
    const {active} = this.#terminal.buffer
    return Array.from({length: this.#terminal.rows}, (_, row) => active.getLine(row)?.translateToString(true) ?? '')
  }

  /** What stands between header and breadcrumb above and the keys below. */
  view(): string {
    return this.rows().slice(2, -1).join('\n')
  }

  screen(): string {
    return this.rows().join('\n')
  }

  /** Presses keys: names of `keySequences`, or characters. All in one go, as after a pause of the line. */
  press(...keys: Array<Key | (string & {})>): void {
    for (const key of keys) this.#stdin.write(Object.hasOwn(keySequences, key) ? keySequences[key as Key] : key)
  }

  /** Resolves with the screen on which the text stands. */
  async shows(text: string | RegExp): Promise<string> {
    const stands = () => (typeof text === 'string' ? this.screen().includes(text) : text.test(this.screen()))
    try {
      await until(`${String(text)} on the screen`, stands, {deadlineMs: 8000})
    } catch (error) {
      throw new Error(`${String(error)}\n${this.screen()}`, {cause: error})
    }
    return this.screen()
  }

  async showsNoLonger(text: string): Promise<string> {
    await until(`${text} gone from the screen`, () => !this.screen().includes(text), {deadlineMs: 8000})
    return this.screen()
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows)
    this.#stdout.emit('resize')
  }

  /** Ends the dashboard if it still runs; for `afterEach`. */
  async stop(): Promise<void> {
    this.#ending.abort()
    await this.ended
    this.#terminal.dispose()
  }
}

class FakeOutput extends EventEmitter {
  readonly isTTY = true
  bytes = 0
  clipboard: string | undefined
  readonly #terminal: xterm.Terminal

  constructor(terminal: xterm.Terminal) {
    super()
    this.#terminal = terminal
  }

  get columns(): number {
    return this.#terminal.cols
  }

  get rows(): number {
    return this.#terminal.rows
  }

  readonly write = (text: string): boolean => {
    this.bytes += Buffer.byteLength(text)
    // oxlint-disable-next-line no-control-regex
    const copied = /\u001B\]52;c;([^\u0007]*)\u0007/.exec(text)?.[1]
    if (copied !== undefined) this.clipboard = Buffer.from(copied, 'base64').toString('utf8')
    // A terminal begins each line at its left, as a line discipline does for programs.
    this.#terminal.write(text.replaceAll(/(?<!\r)\n/g, '\r\n'))
    return true
  }
}
