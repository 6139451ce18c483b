/**
 * Hands on keys one at a time, each after the screen knows of the one before: three `j` that arrive together are three
 * moves, and what follows a key that opened a dialog is meant for the dialog.
 */
export class KeyPump {
  readonly #press: (key: string) => void
  #waiting: string[] = []
  #isPumping = false

  constructor(press: (key: string) => void) {
    this.#press = press
  }

  push(keys: readonly string[]): void {
    this.#waiting.push(...keys)
    this.#pump()
  }

  #pump(): void {
    if (this.#isPumping) return
    const [key, ...rest] = this.#waiting
    if (key === undefined) return
    this.#waiting = rest
    this.#isPumping = true
    // React has taken over what the key changed when the tasks of this turn are done.
    setImmediate(() => {
      this.#isPumping = false
      this.#pump()
    })
    this.#press(key)
  }
}
