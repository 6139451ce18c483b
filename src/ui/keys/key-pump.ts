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
  readonly #onPressed: () => void
  #waiting: readonly Waiting[] = []
  #isWaiting = false

  /** @param onPressed called after each key; whoever draws then calls `goOn` when what the key changed is on screen */
  constructor(router: Pick<KeyRouter, 'press' | 'type'>, onPressed: () => void) {
    this.#router = router
    this.#onPressed = onPressed
  }

  push(keys: readonly string[]): void {
    this.#add(keys.map(key => ({key, pasted: false})))
  }

  /** Text of the clipboard: its first line, as nobody pastes a document into a filter. */
  paste(text: string): void {
    const line = sanitise(text.split(/[\r\n]/, 1)[0] ?? '', {maxLength: longestPaste})
    this.#add(Array.from(line, character => ({key: character === ' ' ? 'space' : character, pasted: true})))
  }

  goOn(): void {
    // Not from within React's own work.
    setImmediate(() => {
      this.#isWaiting = false
      this.#next()
    })
  }

  #add(keys: readonly Waiting[]): void {
    this.#waiting = [...this.#waiting, ...keys]
    this.#next()
  }

  #next(): void {
    if (this.#isWaiting) return
    const [next, ...rest] = this.#waiting
    if (next === undefined) return
    this.#waiting = rest
    this.#isWaiting = true
    if (next.pasted) this.#router.type(next.key)
    else this.#router.press(next.key)
    this.#onPressed()
  }
}
