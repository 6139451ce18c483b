import {styleText} from 'node:util'
import {escapeJson, sanitise} from '../shared/sanitise.js'
import type {OutputStream, Runtime} from './runtime.js'

export type Style = Parameters<typeof styleText>[0]

export interface IoOptions {
  json: boolean
  quiet: boolean
  noColor: boolean
  noInput: boolean
  debug: boolean
}

/** What a command has to show: one value, three forms. */
export interface View {
  /** Text for people, safe for a terminal; built only when it is shown. */
  human: () => string
  /** With `--quiet`: the identifiers alone, one a line, made safe here. Default: nothing. */
  ids?: () => readonly string[]
}

const whole = {maxLength: Number.POSITIVE_INFINITY}

/**
 * The terminal, as a command sees it: data on stdout, all else on stderr, made safe here. In JSON mode stdout belongs
 * to the one document, so `show` writes nothing there.
 */
export class Io {
  readonly options: IoOptions
  readonly #runtime: Runtime

  constructor(runtime: Runtime, options: IoOptions) {
    this.#runtime = runtime
    this.options = options
  }

  /** Whether stdout may have colours. */
  get color(): boolean {
    return this.#colours(this.#runtime.stdout)
  }

  /** People read stdout: relative times and truncation are welcome there. */
  get isTerminal(): boolean {
    return this.#runtime.stdout.isTTY === true
  }

  /** Columns of the terminal behind stdout; unlimited in a pipe, where nothing is truncated. */
  get columns(): number {
    return this.isTerminal ? (this.#runtime.stdout.columns ?? 80) : Number.POSITIVE_INFINITY
  }

  /** Somebody is there to answer a question. */
  get canPrompt(): boolean {
    const {stdin, stdout, stderr, env} = this.#runtime
    // Questions are written to stderr, so that stdout stays clean for data.
    const atTerminal = stdin.isTTY === true && stdout.isTTY === true && stderr.isTTY === true
    return atTerminal && !this.options.noInput && !this.options.json && !env['CI']
  }

  show({human, ids}: View): void {
    if (this.options.json) return
    const text = this.options.quiet ? (ids?.() ?? []).map(id => sanitise(id, whole)).join('\n') : human()
    if (text !== '') this.#runtime.stdout.write(`${text}\n`)
  }

  /** One JSON document, or one line of a JSON stream, on stdout. */
  json(value: unknown, {pretty = true}: {pretty?: boolean} = {}): void {
    this.#runtime.stdout.write(`${escapeJson(JSON.stringify(value, undefined, pretty ? 2 : undefined))}\n`)
  }

  /** A remark for people, on stderr. Silent with `--quiet`. */
  note(text: string): void {
    if (!this.options.quiet) this.#tell(sanitise(text))
  }

  /** Something to worry about, on stderr, always. */
  warn(text: string, {severe = false}: {severe?: boolean} = {}): void {
    const safe = sanitise(text)
    this.#tell(`${this.paintError('yellow', '! Warning:')} ${severe ? this.paintError('red', safe) : safe}`)
  }

  /** What failed and what to do about it, on stderr, always. */
  failure(message: string, hint?: string): void {
    this.#tell(`${this.paintError('red', '✗')} ${sanitise(message)}`)
    if (hint !== undefined) this.#tell(`  ${sanitise(hint)}`)
  }

  /** One line for `--debug`. */
  debug(text: string): void {
    if (this.options.debug) this.#tell(this.paintError('dim', `debug: ${sanitise(text)}`))
  }

  /** Text in a style, if stdout shows colours. Never the only carrier of a meaning. */
  paint(style: Style, text: string): string {
    return this.#colours(this.#runtime.stdout) ? styleText(style, text, {validateStream: false}) : text
  }

  /** The same for stderr. */
  paintError(style: Style, text: string): string {
    return this.#colours(this.#runtime.stderr) ? styleText(style, text, {validateStream: false}) : text
  }

  #tell(line: string): void {
    this.#runtime.stderr.write(`${line}\n`)
  }

  #colours(stream: OutputStream): boolean {
    const {env} = this.#runtime
    if (this.options.noColor || env['NO_COLOR'] || env['TERM'] === 'dumb') return false
    if (env['FORCE_COLOR'] !== undefined) return env['FORCE_COLOR'] !== '0'
    return stream.isTTY === true
  }
}
