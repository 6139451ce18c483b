import {EventEmitter} from 'node:events'
import {PassThrough} from 'node:stream'
import type {BiomajClient} from '../../src/api/client.js'
import type {Clock} from '../../src/shared/clock.js'
import {openDashboard} from '../../src/ui/open-dashboard.js'

const endOfFrame = '\u001B[?2026l'

/** A dashboard in this process, on a terminal that only counts. */
export class Stage {
  readonly stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: () => this.stdin,
    ref: () => this.stdin,
    unref: () => this.stdin,
  })
  readonly output: CountingOutput
  readonly #ending = new AbortController()
  readonly #ended: Promise<unknown>

  constructor({client, clock, columns = 80, rows = 24}: StageOptions) {
    this.output = new CountingOutput(columns, rows)
    const cluster = {name: 'bench', url: 'http://cluster/', user: 'jane', readOnly: false, connect: client}
    this.#ended = openDashboard({
      stdin: this.stdin as unknown as NodeJS.ReadStream,
      stdout: this.output,
      foreground: {
        onUncaught: () => () => undefined,
        onStopAsked: () => () => undefined,
        onContinued: () => () => undefined,
        onExit: () => () => undefined,
        stop: () => undefined,
        divertOutput: () => ({write: () => true, end: () => undefined}),
      },
      clock,
      date: () => new Date('2026-11-21T12:00:00Z'),
      signal: this.#ending.signal,
      color: true,
      inTmux: false,
      cluster,
      contexts: {names: () => [], open: () => cluster},
      intervalMs: 2000,
    })
  }

  press(keys: string): void {
    this.stdin.write(keys)
  }

  async stop(): Promise<void> {
    this.#ending.abort()
    await this.#ended
  }
}

export interface StageOptions {
  client: () => Promise<BiomajClient>
  clock: Clock
  columns?: number
  rows?: number
}

class CountingOutput extends EventEmitter {
  readonly isTTY = true
  columns: number
  rows: number
  bytes = 0
  frames = 0
  /** Of the last write, on `performance.now()`. */
  lastAtMs = 0

  constructor(columns: number, rows: number) {
    super()
    this.columns = columns
    this.rows = rows
  }

  readonly write = (text: string): boolean => {
    this.bytes += Buffer.byteLength(text)
    if (text.includes(endOfFrame)) this.frames += 1
    this.lastAtMs = performance.now()
    this.emit('written')
    return true
  }

  resize(columns: number, rows: number): void {
    this.columns = columns
    this.rows = rows
    this.emit('resize')
  }

  /** Resolves at the next write, with its time. */
  async nextWrite(): Promise<number> {
    await new Promise(resolve => void this.once('written', resolve))
    return this.lastAtMs
  }
}
