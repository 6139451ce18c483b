import {sanitise} from '../../shared/sanitise.js'
import type {KeyRouter} from './key-router.js'

const longestPaste = 1000

interface Waiting {
  key: string
  pasted: boolean
}

/**
 * Hands on keys one at a time, each after the screen knows of the one before: three `j` that arrive together are three
 * moves, and what follows a key that opened a dialog is meant for the dialog.
 */
export class KeyPump {
  readonly #router: Pick<KeyRouter, 'press' | 'type'>
  #waiting: readonly Waiting[] = []
  #isPumping = false

  constructor(router: Pick<KeyRouter, 'press' | 'type'>) {
    this.#router = router
  }

  push(keys: readonly string[]): void {
    this.#add(keys.map(key => ({key, pasted: false})))
  }

  /** Text of the clipboard: its first line, as nobody pastes a document into a filter. */
  paste(text: string): void {
    const line = sanitise(text.split(/[\r\n]/, 1)[0] ?? '', {maxLength: longestPaste})
    this.#add(Array.from(line, character => ({key: character === ' ' ? 'space' : character, pasted: true})))
  }

  #add(keys: readonly Waiting[]): void {
    this.#waiting = [...this.#waiting, ...keys]
    this.#pump()
  }

  #pump(): void {
    if (this.#isPumping) return
    const [next, ...rest] = this.#waiting
    if (next === undefined) return
    this.#waiting = rest
    this.#isPumping = true
    // React has taken over what the key changed when the tasks of this turn are done.
    setImmediate(() => {
      this.#isPumping = false
      this.#pump()
    })
    if (next.pasted) this.#router.type(next.key)
    else this.#router.press(next.key)
  }
}
