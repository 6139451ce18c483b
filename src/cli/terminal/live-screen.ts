import type {Look} from '../../operations/watch.js'
import {formatDuration} from '../../shared/durations.js'
import {sanitise} from '../../shared/sanitise.js'
import {errorJson} from '../error-report.js'
import type {Io} from '../io.js'
import type {OutputStream, Runtime} from '../runtime.js'
import {truncate} from '../../shared/width.js'

/** One look as `--watch` shows it. */
export interface Shot<T> {
  look: Look<T>
  at: Date
}

export interface LiveScreen<T> {
  show(shot: Shot<T>): void
  /** Leaves the last screen where it stands. */
  end(): void
}

export interface LiveScreenOptions<T> {
  runtime: Runtime
  io: Io
  render: (value: T) => string
  json: (value: T) => object
  /** What stands in the line above the screen: `every 5s`. */
  caption: string
}

/** In JSON mode a line for each change; on a terminal a screen that is drawn anew; elsewhere each change under its time. */
export async function liveScreen<T>(options: LiveScreenOptions<T>): Promise<LiveScreen<T>> {
  const {runtime, io} = options
  if (io.options.json) return new JsonLines(options)
  if (runtime.stdout.isTTY !== true || runtime.env['TERM'] === 'dumb') return new Snapshots(options)
  const {createLogUpdate} = await import('log-update')
  return new Redrawn(createLogUpdate(runtime.stdout as NodeJS.WriteStream, {showCursor: true}), options)
}

class JsonLines<T> implements LiveScreen<T> {
  readonly #io: Io
  readonly #json: (value: T) => object
  #last = ''

  constructor({io, json}: LiveScreenOptions<T>) {
    this.#io = io
    this.#json = json
  }

  show({look, at}: Shot<T>): void {
    const line = look.ok ? {ok: true, ...this.#json(look.value)} : {ok: false, error: errorJson(look.error)}
    const text = JSON.stringify(line)
    if (text === this.#last) return
    this.#last = text
    const age = look.ok ? {} : {lastGoodAt: new Date(at.getTime() - look.lastGood.ageMs).toISOString()}
    this.#io.json({at: at.toISOString(), ...age, ...line}, {pretty: false})
  }

  end(): void {
    // Every line stays.
  }
}

class Snapshots<T> implements LiveScreen<T> {
  readonly #stdout: OutputStream
  readonly #render: (value: T) => string
  #last = ''

  constructor({runtime, render}: LiveScreenOptions<T>) {
    this.#stdout = runtime.stdout
    this.#render = render
  }

  show({look, at}: Shot<T>): void {
    const text = look.ok ? this.#render(look.value) : `! no answer: ${sanitise(look.error.message)}`
    if (text === this.#last) return
    this.#last = text
    const age = look.ok ? '' : `; the last one is ${formatDuration(look.lastGood.ageMs)} old`
    this.#stdout.write(`--- ${at.toISOString()}\n${text}${age}\n`)
  }

  end(): void {
    // Every snapshot stays.
  }
}

class Redrawn<T> implements LiveScreen<T> {
  readonly #draw: ((text: string) => void) & {done: () => void}
  readonly #options: LiveScreenOptions<T>

  constructor(draw: ((text: string) => void) & {done: () => void}, options: LiveScreenOptions<T>) {
    this.#draw = draw
    this.#options = options
  }

  show({look, at}: Shot<T>): void {
    const {io, render, caption, runtime} = this.#options
    const lines = render(look.ok ? look.value : look.lastGood.value).split('\n')
    const clock = at.toISOString().slice(11, 19)
    const head = look.ok
      ? io.paint('dim', `${clock} UTC, ${caption}; Ctrl-C ends`)
      : io.paint(
          'yellow',
          truncate(
            `! ${clock} UTC: ${formatDuration(look.lastGood.ageMs)} old: ${sanitise(look.error.message)}`,
            io.columns - 1,
          ),
        )
    this.#draw([head, '', ...clip(lines, (runtime.stdout.rows ?? 24) - 4)].join('\n'))
  }

  end(): void {
    this.#draw.done()
  }
}

function clip(lines: readonly string[], most: number): string[] {
  if (lines.length <= most) return [...lines]
  const kept = Math.max(1, most - 1)
  return [...lines.slice(0, kept), `… ${lines.length - kept} more lines`]
}
