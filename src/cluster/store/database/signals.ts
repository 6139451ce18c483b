/** How often a process looks whether another one has written, while somebody wants to know. */
const pollIntervalMs = 200

/**
 * Tells listeners that something was written: of this process at once, of others by looking at a number that changes
 * with each of their commits. The timer runs only while somebody listens, and keeps no process alive.
 */
export class Signals {
  readonly #foreignVersion: (() => number) | null
  readonly #foreign = new Set<() => void>()
  readonly #local = new Map<string, Set<(message: unknown) => void>>()
  #timer: NodeJS.Timeout | undefined
  #lastVersion = 0

  /** @param foreignVersion null when no other process can see the database */
  constructor(foreignVersion: (() => number) | null) {
    this.#foreignVersion = foreignVersion
  }

  /** Calls the listeners of a topic in this process, after the caller is done. */
  tell(topic: string, message: unknown): void {
    for (const listener of this.#local.get(topic) ?? []) {
      queueMicrotask(() => {
        if (this.#local.get(topic)?.has(listener) === true) listener(message)
      })
    }
  }

  onLocal(topic: string, listener: (message: unknown) => void): () => void {
    const own = (message: unknown): void => listener(message)
    const listeners = this.#local.get(topic) ?? new Set()
    this.#local.set(topic, listeners.add(own))
    return () => {
      listeners.delete(own)
    }
  }

  /** Calls back after other connections have written, whatever it was. */
  onForeign(listener: () => void): () => void {
    if (this.#foreignVersion === null) return () => undefined
    const own = (): void => listener()
    this.#foreign.add(own)
    if (this.#timer === undefined) this.#start(this.#foreignVersion)
    return () => {
      this.#foreign.delete(own)
      if (this.#foreign.size === 0) this.stop()
    }
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #start(foreignVersion: () => number): void {
    this.#lastVersion = foreignVersion()
    this.#timer = setInterval(() => {
      const version = foreignVersion()
      if (version === this.#lastVersion) return
      this.#lastVersion = version
      for (const listener of this.#foreign) listener()
    }, pollIntervalMs).unref()
  }
}
