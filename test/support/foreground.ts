import type {Foreground} from '../../src/shared/foreground.js'

type Listeners = Set<(error?: unknown) => void>

/** A process that is only told of: tests crash, stop and continue it. */
export class FakeForeground implements Foreground {
  readonly #uncaught: Listeners = new Set()
  readonly #stopAsked: Listeners = new Set()
  readonly #continued: Listeners = new Set()
  readonly #exit: Listeners = new Set()
  /** What is done while the process is stopped. */
  whileStopped: () => void = () => undefined
  stops = 0

  readonly onUncaught = listening(this.#uncaught)
  readonly onStopAsked = listening(this.#stopAsked)
  readonly onContinued = listening(this.#continued)
  readonly onExit = listening(this.#exit)

  stop(): void {
    this.stops += 1
    this.whileStopped()
  }

  divertOutput(): ReturnType<Foreground['divertOutput']> {
    return {write: () => true, end: () => undefined}
  }

  throwUncaught(error: unknown): void {
    for (const listener of this.#uncaught) listener(error)
  }

  askToStop(): void {
    for (const listener of this.#stopAsked) listener()
  }

  continue(): void {
    for (const listener of this.#continued) listener()
  }

  exit(): void {
    for (const listener of this.#exit) listener()
  }

  /** Listeners that were not taken back. */
  get listeners(): number {
    return [this.#uncaught, this.#stopAsked, this.#continued, this.#exit].reduce((sum, {size}) => sum + size, 0)
  }
}

function listening(listeners: Listeners): (listener: (error?: unknown) => void) => () => void {
  return listener => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
}
