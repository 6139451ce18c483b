/** What has been started, to be stopped in the opposite order. Each part is stopped once, whatever becomes of the others. */
export class Teardown {
  readonly #parts: Array<{name: string; stop: (options: {immediately: boolean}) => unknown}> = []

  add(name: string, stop: (options: {immediately: boolean}) => unknown): void {
    this.#parts.push({name, stop})
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
    return failures
  }
}
