import type {createLogUpdate} from 'log-update'
import type {Mark} from '../../presentation/text.js'
import {formatDuration} from '../../shared/durations.js'
import {sanitise} from '../../shared/sanitise.js'
import type {Io} from '../io.js'
import type {OutputStream, Runtime} from '../runtime.js'
import {styles} from './tones.js'
import {truncate, widthOf} from '../../shared/width.js'

/** What is under way, on stderr: a live region of one line per subject on a terminal, a line per change elsewhere. */
export interface ProgressView {
  /** Something short that goes on before there are subjects; only a terminal shows it. */
  busy(text: string): void
  set(subject: string, mark: Mark): void
  /** The subject will not change again. */
  over(subject: string, mark: Mark): void
  /** Writes lines that stay, above the live region. */
  lines(texts: readonly string[]): void
  /** Removes the live region. */
  end(): void
}

const heartbeatMs = 60_000
const frameMs = 1000
const patienceMs = 300
const mostNamed = 3

/** @param hint stands below the live region: what Ctrl-C does */
export async function progressView(runtime: Runtime, io: Io, hint: string): Promise<ProgressView> {
  if (io.options.quiet) return silent
  const {stderr} = runtime
  if (stderr.isTTY !== true || runtime.env['TERM'] === 'dumb') return new ChangeLines(runtime, stderr)
  const {createLogUpdate} = await import('log-update')
  return new LiveRegion(createLogUpdate(stderr as NodeJS.WriteStream, {showCursor: true}), {runtime, io, hint})
}

const nothing = () => undefined
const silent: ProgressView = {busy: nothing, set: nothing, over: nothing, lines: nothing, end: nothing}

/** For logs of CI and cron: nothing moves, and something is said now and then so that nobody takes silence for a hang. */
class ChangeLines implements ProgressView {
  readonly #runtime: Runtime
  readonly #stderr: OutputStream
  readonly #last = new Map<string, string>()
  #saidMs = 0

  constructor(runtime: Runtime, stderr: OutputStream) {
    this.#runtime = runtime
    this.#stderr = stderr
  }

  busy(): void {
    // Over in a moment: not worth a line.
  }

  set(subject: string, {word}: Mark): void {
    if (this.#last.get(subject) === word) {
      if (this.#runtime.clock.nowMs() - this.#saidMs >= heartbeatMs) this.lines([this.#heartbeat()])
      return
    }
    this.#last.set(subject, word)
    this.lines([`${subject}: ${word}`])
  }

  over(subject: string, mark: Mark): void {
    this.set(subject, mark)
    this.#last.delete(subject)
  }

  lines(texts: readonly string[]): void {
    if (texts.length === 0) return
    this.#saidMs = this.#runtime.clock.nowMs()
    this.#stderr.write(texts.map(text => `${sanitise(text)}\n`).join(''))
  }

  end(): void {
    // Every line stays.
  }

  #heartbeat(): string {
    const [[subject, word] = ['', '']] = this.#last
    if (this.#last.size === 1) return `${subject}: still ${word}`
    const named = [...this.#last.keys()].slice(0, mostNamed).join(', ')
    return `still waiting for ${this.#last.size} banks: ${named}${this.#last.size > mostNamed ? ', …' : ''}`
  }
}

interface Subject {
  mark: Mark
  sinceMs: number
  over: boolean
}

interface LiveOptions {
  runtime: Runtime
  io: Io
  hint: string
}

class LiveRegion implements ProgressView {
  readonly #logUpdate: ReturnType<typeof createLogUpdate>
  readonly #options: LiveOptions
  readonly #subjects = new Map<string, Subject>()
  readonly #startMs: number
  readonly #timer: NodeJS.Timeout
  #busy = ''

  constructor(logUpdate: ReturnType<typeof createLogUpdate>, options: LiveOptions) {
    this.#logUpdate = logUpdate
    this.#options = options
    this.#startMs = options.runtime.clock.nowMs()
    // Times go on between two looks at the cluster.
    this.#timer = setInterval(() => this.#draw(), frameMs)
    setTimeout(() => this.#draw(), patienceMs).unref()
  }

  busy(text: string): void {
    this.#busy = text
    this.#draw()
  }

  set(subject: string, mark: Mark): void {
    const known = this.#subjects.get(subject)
    const sinceMs = known?.mark.word === mark.word ? known.sinceMs : this.#options.runtime.clock.nowMs()
    this.#subjects.set(subject, {mark, sinceMs, over: false})
    this.#draw()
  }

  over(subject: string, mark: Mark): void {
    this.#subjects.set(subject, {mark, sinceMs: 0, over: true})
    this.#draw()
  }

  lines(texts: readonly string[]): void {
    if (texts.length === 0) return
    this.#logUpdate.clear()
    this.#options.runtime.stderr.write(texts.map(text => `${sanitise(text)}\n`).join(''))
    this.#draw()
  }

  end(): void {
    clearInterval(this.#timer)
    this.#logUpdate.clear()
    this.#logUpdate.done()
    this.#busy = ''
    this.#subjects.clear()
  }

  #draw(): void {
    const {runtime} = this.#options
    if (this.#subjects.size === 0) {
      // What is over before anybody could read it only flickers.
      if (this.#busy !== '' && runtime.clock.nowMs() - this.#startMs >= patienceMs) this.#logUpdate(this.#busyLine())
      return
    }
    const room = Math.max(1, (runtime.stderr.rows ?? 24) - 4)
    const all = [...this.#subjects]
    // Those that are still under way, when not all of them fit.
    const wanted = all.length > room ? all.filter(([, {over}]) => !over) : all
    const shown = wanted.slice(0, room)
    const width = Math.min(30, Math.max(...shown.map(([subject]) => widthOf(sanitise(subject)))))
    this.#logUpdate([...shown.map(row => this.#row(row, width)), this.#footer(all, shown.length)].join('\n'))
  }

  #row([subject, {mark, sinceMs, over}]: [string, Subject], width: number): string {
    const {io, runtime} = this.#options
    const label = truncate(sanitise(subject), width)
    const age = over ? '' : `  ${formatDuration(runtime.clock.nowMs() - sinceMs)}`
    const text = truncate(sanitise(mark.word), Math.max(10, this.#columns - width - 4 - age.length))
    const gap = ' '.repeat(width - widthOf(label))
    return `${io.paintError(styles[mark.tone], mark.symbol)} ${io.paintError('bold', label)}${gap}  ${text}${io.paintError('dim', age)}`
  }

  #footer(all: ReadonlyArray<readonly [string, Subject]>, shown: number): string {
    const {io, runtime, hint} = this.#options
    const over = all.filter(([, subject]) => subject.over).length
    const more = all.length > shown ? [`${all.length - shown} more, ${over} of ${all.length} over`] : []
    const text = [...more, formatDuration(runtime.clock.nowMs() - this.#startMs), hint].join(' · ')
    return io.paintError('dim', truncate(text, this.#columns))
  }

  #busyLine(): string {
    return this.#options.io.paintError('dim', truncate(sanitise(`… ${this.#busy}`), this.#columns))
  }

  get #columns(): number {
    return Math.max(20, (this.#options.runtime.stderr.columns ?? 80) - 1)
  }
}
