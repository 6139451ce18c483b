import {createInterface} from 'node:readline'
import {Writable} from 'node:stream'
import {BiomajError} from '../../shared/errors.js'
import {sanitise} from '../../shared/sanitise.js'
import type {Io} from '../io.js'
import type {Runtime} from '../runtime.js'

export interface QuestionOptions {
  /** What gives the same answer without a terminal, for the error. */
  flag: string
  /** Nothing of the answer is shown. */
  hidden?: boolean
  /** What an empty answer means; without it the question is asked again. */
  otherwise?: string | undefined
}

/**
 * Questions to the person at the terminal, on stderr. Ctrl-C ends a question at once with `interrupted`, a closed
 * terminal with `input_required`; either way the terminal is as it was. Lines that were pasted together answer
 * one question each.
 */
export class Questions {
  readonly #runtime: Runtime
  readonly #io: Io
  readonly #ahead: string[] = []

  constructor(runtime: Runtime, io: Io) {
    this.#runtime = runtime
    this.#io = io
  }

  async ask(question: string, {flag, hidden = false, otherwise}: QuestionOptions): Promise<string> {
    if (!this.#io.canPrompt) throw unanswered(`${question}: nobody to ask`, `Give it with ${flag}.`)
    const prompt = otherwise === undefined ? `${question}: ` : `${question} [${sanitise(otherwise)}]: `
    for (;;) {
      const line = await this.#line(prompt, {hidden, flag})
      // A password may begin or end with a space.
      const answer = hidden ? line : line.trim()
      if (answer !== '') return answer
      if (otherwise !== undefined) return otherwise
    }
  }

  async confirm(question: string, {flag}: {flag: string}): Promise<boolean> {
    if (!this.#io.canPrompt) throw unanswered(`${question} Nobody to ask`, `Agree with ${flag}.`)
    return /^y(es)?$/i.test((await this.#line(`${question} [y/N] `, {hidden: false, flag})).trim())
  }

  async #line(prompt: string, {hidden, flag}: {hidden: boolean; flag: string}): Promise<string> {
    const {stdin, stderr, signal} = this.#runtime
    signal.throwIfAborted()
    const ahead = this.#ahead.shift()
    if (ahead !== undefined) {
      stderr.write(`${prompt}${hidden ? '' : ahead}\n`)
      return ahead
    }
    const ended = () => unanswered('The input ended before the answer', `Give it with ${flag}.`)
    if (stdin.readableEnded || stdin.destroyed) throw ended()

    let echo = true
    const output = Object.assign(
      new Writable({
        write(chunk: Buffer, _encoding, written) {
          if (echo) stderr.write(chunk)
          written()
        },
      }),
      {columns: stderr.columns ?? 80},
    )
    const reader = createInterface({input: stdin, output, terminal: true, historySize: 0, prompt})
    const {promise, resolve, reject} = Promise.withResolvers<string>()
    const lines: string[] = []
    const onAbort = () => reject(signal.reason as Error)
    signal.addEventListener('abort', onAbort, {once: true})
    reader
      .on('line', line => {
        // What else came in the same chunk may be a pasted password: it is kept for the next question, and not shown.
        echo = false
        if (lines.push(line) === 1) queueMicrotask(() => resolve(line))
      })
      .on('SIGINT', () => reject(new BiomajError({code: 'interrupted', message: 'Interrupted'})))
      .on('close', () => {
        // A pipe's end can come before the microtask.
        const [line] = lines
        if (line === undefined) reject(ended())
        else resolve(line)
      })
    reader.prompt()
    if (hidden) echo = false
    try {
      const line = await promise
      if (hidden) stderr.write('\n')
      return line
    } catch (error) {
      stderr.write('\n')
      throw error
    } finally {
      signal.removeEventListener('abort', onAbort)
      reader.close()
      this.#ahead.push(...lines.slice(1))
    }
  }
}

function unanswered(message: string, hint: string): BiomajError {
  return new BiomajError({code: 'input_required', message, hint})
}
