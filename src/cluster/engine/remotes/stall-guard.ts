import {RemoteError} from './remote-error.js'

/** A signal that fires when nothing has been heard for too long, or when the whole takes too long. */
export class StallGuard {
  readonly #controller = new AbortController()
  readonly #stallMs: number
  readonly #deadline: NodeJS.Timeout | undefined
  #timer: NodeJS.Timeout
  #lastMs = performance.now()

  constructor({stallMs, timeoutMs}: {stallMs: number; timeoutMs: number | null}) {
    this.#stallMs = stallMs
    this.#timer = this.#watch(stallMs)
    if (timeoutMs !== null) {
      this.#deadline = setTimeout(
        () => this.#end(`it took longer than ${timeoutMs / 1000} s, the limit of timeout.download`),
        Math.min(timeoutMs, 2_147_483_647),
      )
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Something was heard. */
  heard(): void {
    this.#lastMs = performance.now()
  }

  stop(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#deadline)
  }

  #watch(delayMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      const silentMs = performance.now() - this.#lastMs
      if (silentMs >= this.#stallMs) this.#end(`nothing came for ${this.#stallMs / 1000} s`)
      else this.#timer = this.#watch(this.#stallMs - silentMs)
    }, delayMs)
  }

  #end(reason: string): void {
    this.stop()
    this.#controller.abort(new RemoteError({code: 'timeout', message: reason}))
  }
}
