import type {BiomajClient} from '../../api/client.js'
import type {ActionOptions} from '../../operations/actions/action.js'
import {BiomajError} from '../../shared/errors.js'
import type {Clock} from '../../shared/clock.js'
import type {Outcome} from './words.js'

export interface Errand {
  /** Two about the same subject are never on their way at once. */
  subject: string
  /** In a few words: `update alu`. */
  title: string
  connect: () => Promise<BiomajClient>
  perform: (cluster: BiomajClient, options: ActionOptions) => Promise<Outcome>
  /** Called when it is over, whatever came of it. */
  onEnd: () => void
}

export interface RunnerOptions {
  clock: Clock
  /** Ends what is on its way; where it is then, it may have arrived. */
  signal: AbortSignal
  report: (outcome: Outcome) => void
}

/**
 * What is on its way to the cluster. It belongs to no view and no cluster on screen, so that it ends as it should wherever
 * the user goes meanwhile. An external store for React.
 */
export class CommandRunner {
  readonly #options: RunnerOptions
  readonly #listeners = new Set<() => void>()
  #onTheirWay: ReadonlyMap<string, string> = new Map()

  constructor(options: RunnerOptions) {
    this.#options = options
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Titles by subject. */
  readonly getSnapshot = (): ReadonlyMap<string, string> => this.#onTheirWay

  /** Sends it, unless something about the same subject is on its way: then nothing happens. Never rejects for a `BiomajError`. */
  async send({subject, title, connect, perform, onEnd}: Errand): Promise<void> {
    if (this.#onTheirWay.has(subject)) return
    this.#set(new Map([...this.#onTheirWay, [subject, title]]))
    const {clock, signal, report} = this.#options
    try {
      report(await perform(await connect(), {clock, signal}))
    } catch (error) {
      if (!(error instanceof BiomajError)) throw error
      const {message, hint} = error
      report({tone: 'bad', text: `${title}: ${hint === undefined ? message : `${message}. ${hint}`}`})
    } finally {
      this.#set(new Map([...this.#onTheirWay].filter(([other]) => other !== subject)))
      onEnd()
    }
  }

  #set(onTheirWay: ReadonlyMap<string, string>): void {
    this.#onTheirWay = onTheirWay
    for (const listener of this.#listeners) listener()
  }
}
