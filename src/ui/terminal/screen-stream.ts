import {EventEmitter} from 'node:events'
import {TerminalModes} from './terminal-modes.js'

/** What Ink needs of the terminal that it draws on. */
export interface TerminalOutput {
  isTTY?: boolean
  columns?: number
  rows?: number
  write(text: string): boolean
  on(event: 'resize', listener: () => void): unknown
  off(event: 'resize', listener: () => void): unknown
}

const beginFrame = '\u001B[?2026h'
const endFrame = '\u001B[?2026l'
const eraseAll = '\u001B[H\u001B[J'
const settleMs = 50

/**
 * The terminal as Ink sees it. A frame, which Ink writes in four pieces, goes out as one write and so as one packet over a
 * slow line; and a window that is being dragged counts as resized when it came to rest, since Ink draws at once whenever
 * it hears of a new size.
 */
export class ScreenStream extends EventEmitter {
  readonly #output: TerminalOutput
  readonly #forget: () => void
  readonly #modes = new TerminalModes()
  #frame: string | undefined
  #timer: NodeJS.Timeout | undefined
  columns: number
  rows: number
  readonly isTTY = true
  readonly writable = true

  /** `forget` makes Ink forget what it drew, so that it draws all of the next frame. */
  constructor(output: TerminalOutput, forget: () => void) {
    super()
    this.#forget = forget
    this.#output = output
    this.columns = output.columns ?? 80
    this.rows = output.rows ?? 24
    output.on('resize', this.#resized)
  }

  readonly write = (text: string, ...rest: unknown[]): boolean => {
    const callback = rest.findLast((value): value is () => void => typeof value === 'function')
    const goesOn = this.#take(text)
    if (callback) queueMicrotask(callback)
    return goesOn
  }

  /** Has Ink draw all of the screen anew, after everything was taken from it; as one frame. */
  drawAnew(): void {
    this.#frame ??= beginFrame
    this.#forget()
    this.#frame += eraseAll
    this.emit('resize')
  }

  /** Writes what a frame that was cut short left, makes the terminal as it was, and hears of no more sizes. */
  close(): void {
    clearTimeout(this.#timer)
    this.#output.off('resize', this.#resized)
    const rest = this.#frame ?? ''
    this.#frame = undefined
    this.#modes.wrote(rest)
    const last = rest + this.#modes.undo
    if (last !== '') this.#send(last)
  }

  #take(text: string): boolean {
    if (text === beginFrame) {
      this.#frame ??= text
      return true
    }
    if (this.#frame === undefined) return this.#send(text)
    this.#frame += text
    if (text !== endFrame) return true
    const frame = this.#frame
    this.#frame = undefined
    return this.#send(shortened(frame))
  }

  #send(text: string): boolean {
    this.#modes.wrote(text)
    return this.#output.write(text)
  }

  readonly #resized = (): void => {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      const {columns = this.columns, rows = this.rows} = this.#output
      if (columns === this.columns && rows === this.rows) return
      this.columns = columns
      this.rows = rows
      // Terminals move lines about when they get another size.
      this.drawAnew()
    }, settleMs)
  }
}

/** A line that stays is one step down: many of them are one step of that many lines. */
function shortened(frame: string): string {
  // oxlint-disable-next-line no-control-regex
  return frame.replaceAll(/(?:\u001B\[E){2,}/g, steps => `\u001B[${steps.length / 3}E`)
}
