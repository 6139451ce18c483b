interface Part {
  name: string
  stop: (options: {immediately: boolean}) => unknown
  atExit: (() => void) | undefined
}

/**
 * What has been started, to be stopped in the opposite order. Each part is stopped once, whatever becomes of the others.
 *
 * A process may end before all is stopped: a second signal, patience that has run out, a bug. What must not be left even
 * then has `atExit`, which waits for nothing.
 */
export class Teardown {
  readonly #parts: Part[] = []
  readonly #onExit = () => this.#leave()

  constructor() {
    process.on('exit', this.#onExit)
  }

  add(name: string, stop: Part['stop'], {atExit}: {atExit?: () => void} = {}): void {
    this.#parts.push({name, stop, atExit})
  }

  /** Gives what could not be stopped. */
  async run(options: {immediately: boolean}): Promise<Array<{name: string; error: unknown}>> {
    const failures: Array<{name: string; error: unknown}> = []
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      try {
        await part.stop(options)
      } catch (error) {
        failures.push({name: part.name, error})
      }
    }
    process.off('exit', this.#onExit)
    return failures
  }

  #leave(): void {
    for (let part = this.#parts.pop(); part !== undefined; part = this.#parts.pop()) {
      try {
        part.atExit?.()
      } catch {
        // Nobody is left to be told, and the other parts have their turn.
      }
    }
  }
}
