import type {BiomajClient} from '../../api/client.js'
import {partError} from '../../operations/board/part.js'
import type {LogNews, LogSource} from '../../operations/log/log-source.js'
import {openLog} from '../../operations/log/open-log.js'
import type {Clock} from '../../shared/clock.js'
import {BiomajError} from '../../shared/errors.js'
import {type Kept, nothingYet} from './kept.js'
import {LogBuffer, type LogEntry, logEntry} from './log-buffer.js'
import {Pace} from './pace.js'

export const logCapacity = 10_000
/** A run may begin at any time, so that a quiet log is looked at more often than a quiet board. */
const longestQuietMs = 5000

export interface LogSnapshot {
  buffer: LogBuffer
  /** Of the last look, with its age; the value only tells that there was one. */
  kept: Kept<true>
  /** Pause before the next look. */
  pauseMs: number
}

export interface LogFeedOptions {
  bank: string
  cluster: () => Promise<BiomajClient>
  clock: Clock
  /** Pause between two looks while lines come. */
  intervalMs: number
}

/** The growing log of a bank, read only between `start` and `stop`. An external store for React. */
export class LogFeed {
  readonly #options: LogFeedOptions
  readonly #pace: Pace
  readonly #listeners = new Set<() => void>()
  readonly #buffer = new LogBuffer(logCapacity)
  #snapshot: LogSnapshot
  #source: LogSource | undefined
  #last: LogEntry | undefined
  #intervalMs: number
  #isPaused = false
  #sleeping: AbortController | undefined

  constructor(options: LogFeedOptions) {
    this.#options = options
    const {intervalMs, clock} = options
    this.#intervalMs = intervalMs
    this.#pace = new Pace({intervalMs, random: () => clock.random()})
    this.#snapshot = {buffer: this.#buffer, kept: nothingYet, pauseMs: intervalMs}
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly getSnapshot = (): LogSnapshot => this.#snapshot

  /** Begins to read; the returned function ends it. */
  start(): () => void {
    const ended = new AbortController()
    void this.#follow(ended.signal)
    return () => ended.abort()
  }

  setPaused(paused: boolean): void {
    if (this.#isPaused === paused) return
    this.#isPaused = paused
    this.refresh()
  }

  setIntervalMs(intervalMs: number): void {
    if (this.#intervalMs === intervalMs) return
    this.#intervalMs = intervalMs
    this.#pace.setIntervalMs(intervalMs)
    this.refresh()
  }

  /** Looks now, if nobody is looking. */
  refresh(): void {
    this.#pace.somethingHappened()
    this.#sleeping?.abort()
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const mayGoOn = this.#isPaused || (await this.#look(signal))
      if (signal.aborted) return
      const sleeping = new AbortController()
      this.#sleeping = sleeping
      const either = AbortSignal.any([signal, sleeping.signal])
      // While paused, and after a refused key, only somebody's wish goes on.
      const pauseMs = this.#isPaused || !mayGoOn ? Number.POSITIVE_INFINITY : this.#snapshot.pauseMs
      await this.#sleep(pauseMs, either)
    }
  }

  async #sleep(pauseMs: number, signal: AbortSignal): Promise<void> {
    if (pauseMs === Number.POSITIVE_INFINITY) {
      await new Promise<void>(resolve => {
        if (signal.aborted) resolve()
        else signal.addEventListener('abort', () => resolve(), {once: true})
      })
      return
    }
    await this.#options.clock.sleep(pauseMs, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  }

  /** @returns whether another look makes sense by itself */
  async #look(signal: AbortSignal): Promise<boolean> {
    const {clock} = this.#options
    const {kept} = this.#snapshot
    try {
      const news = await this.#read(signal)
      if (signal.aborted) return false
      this.#take(news)
      this.#pace.readWell(news.lines.length > 0)
      this.#set({
        kept: {value: true, atMs: clock.nowMs(), error: undefined},
        pauseMs: Math.min(this.#pace.takePauseMs(), Math.max(longestQuietMs, this.#intervalMs)),
      })
      return true
    } catch (error) {
      if (signal.aborted) return false
      if (!(error instanceof BiomajError)) throw error
      this.#pace.failed(error.code)
      this.#set({kept: {...kept, error: partError(error)}, pauseMs: this.#pace.takePauseMs()})
      return error.code !== 'key_invalid' && error.code !== 'login_required'
    }
  }

  async #read(signal: AbortSignal): Promise<LogNews> {
    const options = {signal, attempts: 1}
    if (this.#source !== undefined) return this.#source.poll(options)
    const source = await openLog(await this.#options.cluster(), this.#options.bank, options)
    const lines = await source.begin({...options, lines: logCapacity})
    this.#source = source
    return {lines, gap: false, newLog: false}
  }

  #take({lines, gap, newLog}: LogNews): void {
    if (newLog) this.#mark('a new run')
    else if (gap) this.#mark('lines are missing here')
    for (const line of lines) {
      const entry = logEntry(line, this.#last)
      if (entry === undefined) continue
      this.#last = entry
      this.#buffer.push(entry)
    }
  }

  #mark(message: string): void {
    this.#last = undefined
    this.#buffer.push({kind: 'mark', time: '', date: '', message})
  }

  #set(changes: Partial<LogSnapshot>): void {
    this.#snapshot = {...this.#snapshot, ...changes}
    for (const listener of this.#listeners) listener()
  }
}
