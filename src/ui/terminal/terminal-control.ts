import type {Foreground} from '../../shared/foreground.js'

/** Gives the terminal away and says how to get it back; Ink's `suspendTerminal`. */
export type HandOver = () => Promise<{resume: () => Promise<void>}>

export interface TerminalControlOptions {
  foreground: Pick<Foreground, 'stop'>
  /** Asks the cluster nothing until the returned function is called. */
  halt: () => () => void
  drawAnew: () => void
}

/** What the dashboard does with the terminal as a whole: leave it for a while, come back, draw all of it again. */
export class TerminalControl {
  readonly #options: TerminalControlOptions
  #handOver: HandOver | undefined
  #isAway = false

  constructor(options: TerminalControlOptions) {
    this.#options = options
  }

  /** To be called as soon as Ink has the terminal. */
  attach(handOver: HandOver): void {
    this.#handOver = handOver
  }

  drawAnew(): void {
    if (!this.#isAway) this.#options.drawAnew()
  }

  /** Leaves the terminal as it was, stops the process, and is back when that goes on. */
  async suspend(): Promise<void> {
    await this.#away(() => this.#options.foreground.stop())
  }

  /** For a process that was stopped and continued by others: the shell may have taken the terminal's modes and screen. */
  async takeBack(): Promise<void> {
    await this.#away(() => undefined)
  }

  async #away(meanwhile: () => void): Promise<void> {
    if (this.#isAway || this.#handOver === undefined) return
    this.#isAway = true
    const goOn = this.#options.halt()
    try {
      const {resume} = await this.#handOver()
      meanwhile()
      await resume()
    } finally {
      this.#isAway = false
      goOn()
    }
  }
}
