import type {createLogUpdate} from 'log-update'
import {sanitise} from '../shared/sanitise.js'
import type {Io} from './io.js'
import type {OutputStream, Runtime} from './runtime.js'

/** What is under way, on stderr: a live region of one line per subject on a terminal, a line per change elsewhere. */
export interface ProgressView {
  set(subject: string, text: string): void
  /** Writes a line that stays, above the live region. */
  line(text: string): void
  /** Removes the live region. */
  end(): void
}

const heartbeatMs = 60_000

export async function progressView(runtime: Runtime, io: Io): Promise<ProgressView> {
  if (io.options.quiet) return {set: () => undefined, line: () => undefined, end: () => undefined}
  const {stderr} = runtime
  if (stderr.isTTY !== true || runtime.env['TERM'] === 'dumb') return new ChangeLines(runtime, stderr)
  const {createLogUpdate} = await import('log-update')
  return new LiveRegion(createLogUpdate(stderr as NodeJS.WriteStream, {showCursor: true}), stderr, io)
}

/** For logs of CI and cron: nothing moves, and something is said now and then so that nobody takes silence for a hang. */
class ChangeLines implements ProgressView {
  readonly #runtime: Runtime
  readonly #stderr: OutputStream
  readonly #last = new Map<string, {text: string; atMs: number}>()

  constructor(runtime: Runtime, stderr: OutputStream) {
    this.#runtime = runtime
    this.#stderr = stderr
  }

  set(subject: string, text: string): void {
    const last = this.#last.get(subject)
    const nowMs = this.#runtime.nowMs()
    const same = last?.text === text
    if (same && nowMs - last.atMs < heartbeatMs) return
    this.#last.set(subject, {text, atMs: nowMs})
    this.line(`${subject}: ${same ? 'still ' : ''}${text}`)
  }

  line(text: string): void {
    this.#stderr.write(`${sanitise(text)}\n`)
  }

  end(): void {
    // Every line stays.
  }
}

type LogUpdate = ReturnType<typeof createLogUpdate>

class LiveRegion implements ProgressView {
  readonly #logUpdate: LogUpdate
  readonly #stderr: OutputStream
  readonly #io: Io
  readonly #subjects = new Map<string, string>()

  constructor(logUpdate: LogUpdate, stderr: OutputStream, io: Io) {
    this.#logUpdate = logUpdate
    this.#stderr = stderr
    this.#io = io
  }

  set(subject: string, text: string): void {
    this.#subjects.set(subject, text)
    this.#draw()
  }

  line(text: string): void {
    this.#logUpdate.clear()
    this.#stderr.write(`${sanitise(text)}\n`)
    this.#draw()
  }

  end(): void {
    this.#logUpdate.clear()
    this.#logUpdate.done()
  }

  #draw(): void {
    const width = Math.max(20, (this.#stderr.columns ?? 80) - 1)
    const rows = [...this.#subjects].slice(0, Math.max(1, (this.#stderr.rows ?? 24) - 2))
    this.#logUpdate(
      rows
        .map(([subject, text]) => {
          const label = sanitise(subject, {maxLength: 40})
          return `${this.#io.paintError('cyan', '●')} ${this.#io.paintError('bold', label)}  ${sanitise(text, {maxLength: Math.max(10, width - label.length - 4)})}`
        })
        .join('\n'),
    )
  }
}
