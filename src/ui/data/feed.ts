import type {BiomajClient} from '../../api/client.js'
import {partError, type PartError} from '../../operations/board/part.js'
import {interruptionOf} from '../../shared/abort.js'
import type {Clock} from '../../shared/clock.js'
import {BiomajError, type ErrorCode} from '../../shared/errors.js'
import {keep, type Kept, nothingYet} from './kept.js'
import {Pace} from './pace.js'
import {type AnySource, type KeptParts, type Parts, type Source, unread} from './source.js'

/**
 * `connecting`: nothing was read yet. `live`: the last round gave something. `lost`: it gave nothing, and the next one is
 * tried at `retryAtMs`. `refused`: the cluster refused the key, and nobody asks again before `refresh()`.
 */
export type Connection =
  | {state: 'connecting'}
  | {state: 'live'}
  | {state: 'lost'; error: PartError; sinceMs: number; retryAtMs: number}
  | {state: 'refused'; error: PartError}

export interface FeedSnapshot {
  connection: Connection
  paused: boolean
  /** Pause between two rounds as asked for; they may come further apart while nothing happens. */
  intervalMs: number
  /** Pause before the next round. */
  pauseMs: number
  /** When the round in flight was begun, once it has had no answer for two intervals. */
  unansweredSinceMs: number | undefined
  /** What is known, by source. Read it with `partsOf`. */
  known: ReadonlyMap<string, Readonly<Record<string, Kept<unknown>>>>
}

export interface FeedOptions {
  connect: (signal: AbortSignal) => Promise<BiomajClient>
  clock: Clock
  intervalMs: number
}

const stopCodes: ReadonlySet<ErrorCode> = new Set(['key_invalid', 'login_required'])

/**
 * Server state of the dashboard. One round per interval reads what the view on screen needs, and never are two rounds in
 * flight; a read that fails leaves what was known. An external store for React.
 */
export class Feed {
  readonly #options: FeedOptions
  readonly #pace: Pace
  readonly #ended = new AbortController()
  readonly #listeners = new Set<() => void>()
  #snapshot: FeedSnapshot
  #cluster: Promise<BiomajClient> | undefined
  #wanted: readonly AnySource[] = []
  #round: Promise<void> | undefined
  #timer: AbortController | undefined
  /** Ends what the round in flight reads. */
  #reading = new AbortController()
  #isHalted = false

  constructor(options: FeedOptions) {
    this.#options = options
    this.#pace = new Pace({intervalMs: options.intervalMs, random: () => options.clock.random()})
    this.#snapshot = {
      connection: {state: 'connecting'},
      paused: false,
      intervalMs: options.intervalMs,
      pauseMs: options.intervalMs,
      unansweredSinceMs: undefined,
      known: new Map(),
    }
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly getSnapshot = (): FeedSnapshot => this.#snapshot

  /**
   * What the view on screen needs. What was never read, or not while another view was shown, is read at once; but not with
   * a key that was refused.
   */
  want(sources: readonly AnySource[]): void {
    this.#wanted = sources
    const {known, paused, connection, intervalMs} = this.#snapshot
    const nowMs = this.#options.clock.nowMs()
    const isDue = sources.some(({id}) => {
      const parts = Object.values(known.get(id) ?? {})
      return parts.every(({atMs}) => atMs === undefined || nowMs - atMs >= intervalMs)
    })
    if (isDue && !paused && connection.state !== 'refused') this.refresh()
  }

  /** Reads now; also after a refused key, and while paused. */
  refresh(): void {
    this.#pace.somethingHappened()
    if (this.#snapshot.connection.state === 'refused') {
      // The key may be another one by now.
      this.#cluster = undefined
      this.#set({connection: {state: 'connecting'}})
    }
    if (this.#round === undefined) this.#startRound()
    else this.#pace.soon()
  }

  setIntervalMs(intervalMs: number): void {
    this.#pace.setIntervalMs(intervalMs)
    this.#set({intervalMs, pauseMs: intervalMs})
    this.#schedule()
  }

  setPaused(paused: boolean): void {
    if (paused === this.#snapshot.paused) return
    this.#set({paused})
    if (paused) this.#timer?.abort()
    else this.refresh()
  }

  /**
   * For the time in which the terminal is somebody else's: drops the round in flight, whose answers would come late, and
   * begins none. The returned function begins one at once.
   */
  halt(): () => void {
    this.#isHalted = true
    this.#reading.abort()
    this.#timer?.abort()
    return () => {
      this.#isHalted = false
      const {paused, connection} = this.#snapshot
      if (!paused && connection.state !== 'refused') this.refresh()
    }
  }

  dispose(): void {
    this.#ended.abort()
    this.#reading.abort()
    this.#timer?.abort()
    this.#listeners.clear()
  }

  /** For what a view asks beside the rounds, such as a log. Connects if nobody did yet. */
  async cluster(): Promise<BiomajClient> {
    this.#cluster ??= this.#options.connect(this.#ended.signal)
    return this.#cluster
  }

  #startRound(): void {
    if (this.#ended.signal.aborted || this.#isHalted) return
    this.#timer?.abort()
    this.#reading = new AbortController()
    const answered = new AbortController()
    void this.#noteSilence(answered.signal)
    this.#round = this.#readAll(this.#wanted, this.#reading.signal).finally(() => {
      answered.abort()
      if (this.#snapshot.unansweredSinceMs !== undefined) this.#set({unansweredSinceMs: undefined})
      this.#round = undefined
      this.#schedule()
    })
  }

  /** A cluster that hangs neither answers nor fails for long: what is shown is not to look fresh all the while. */
  async #noteSilence(answered: AbortSignal): Promise<void> {
    const {clock} = this.#options
    const sinceMs = clock.nowMs()
    try {
      await clock.sleep(this.#snapshot.intervalMs * 2, answered)
    } catch (error) {
      if (answered.aborted) return
      throw error
    }
    if (!answered.aborted) this.#set({unansweredSinceMs: sinceMs})
  }

  async #readAll(sources: readonly AnySource[], signal: AbortSignal): Promise<void> {
    const before = this.#snapshot.known
    const {clock} = this.#options
    let results: readonly Result[]
    try {
      const cluster = await this.cluster()
      results = await Promise.all(sources.map(source => this.#orError(source.read({cluster, signal, clock}), signal)))
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof BiomajError)) throw error
      // The key could not be had: the keychain may answer the next time.
      this.#cluster = undefined
      results = sources.map(() => error)
    }
    if (signal.aborted) return
    const nowMs = clock.nowMs()
    const known = new Map(before)
    for (const [index, source] of sources.entries()) {
      const result = results[index]
      if (result === undefined) continue
      const kept = known.get(source.id) ?? unread(source)
      known.set(
        source.id,
        Object.fromEntries(
          source.parts.map(name => {
            const part =
              result instanceof BiomajError ? {available: false as const, error: partError(result)} : result[name]
            return [name, part === undefined ? (kept[name] ?? nothingYet) : keep(kept[name] ?? nothingYet, part, nowMs)]
          }),
        ),
      )
    }
    const connection = this.#connectionAfter(sources, results, nowMs)
    if (connection.state === 'live') this.#pace.readWell(isChanged(before, known))
    this.#set({connection, known})
  }

  async #orError<T>(work: Promise<T>, signal: AbortSignal): Promise<T | BiomajError> {
    try {
      return await work
    } catch (error) {
      if (signal.aborted) throw interruptionOf(signal)
      if (!(error instanceof BiomajError)) throw error
      return error
    }
  }

  #connectionAfter(sources: readonly AnySource[], results: readonly Result[], nowMs: number): Connection {
    const errors = results.flatMap(result => errorsIn(result))
    const told = sources.map((source, index) => refusalIn(source, results[index]))
    const refusal = errors.find(({code}) => stopCodes.has(code)) ?? told.find(error => error !== undefined)
    if (refusal !== undefined) return {state: 'refused', error: refusal}
    const [first] = errors
    const gaveNothing = results.every(result => result instanceof BiomajError || allMissing(result))
    if (first === undefined || !gaveNothing) return {state: 'live'}
    const {connection} = this.#snapshot
    this.#pace.failed(first.code)
    return {
      state: 'lost',
      error: first,
      sinceMs: connection.state === 'lost' ? connection.sinceMs : nowMs,
      retryAtMs: nowMs + this.#pace.pauseMs,
    }
  }

  #schedule(): void {
    this.#timer?.abort()
    if (this.#round !== undefined || this.#snapshot.paused || this.#isHalted || this.#ended.signal.aborted) return
    if (this.#snapshot.connection.state === 'refused') return
    const timer = new AbortController()
    this.#timer = timer
    const pauseMs = this.#pace.takePauseMs()
    if (pauseMs !== this.#snapshot.pauseMs && pauseMs > 0) this.#set({pauseMs})
    void this.#options.clock.sleep(pauseMs, timer.signal).then(
      () => this.#startRound(),
      // Aborted: another round came first.
      () => undefined,
    )
  }

  #set(changes: Partial<FeedSnapshot>): void {
    this.#snapshot = {...this.#snapshot, ...changes}
    for (const listener of this.#listeners) listener()
  }
}

/** What is known grows older, and no round may come soon to renew it. */
export function isAging({connection, paused, unansweredSinceMs}: FeedSnapshot): boolean {
  return paused || unansweredSinceMs !== undefined || connection.state !== 'live'
}

/** What is known of a source, part by part. */
export function partsOf<T extends object>({known}: FeedSnapshot, source: Source<T>): KeptParts<T> {
  return (known.get(source.id) as KeptParts<T> | undefined) ?? unread(source)
}

/** What a source gave, or why it gave nothing. */
type Result = Parts<Record<string, unknown>> | BiomajError

function refusalIn(source: AnySource, result: Result | undefined): PartError | undefined {
  return result === undefined || result instanceof BiomajError ? undefined : source.refusal?.(result)
}

function errorsIn(result: Result): PartError[] {
  if (result instanceof BiomajError) return [partError(result)]
  return Object.values(result).flatMap(part => (part.available ? [] : [part.error]))
}

function allMissing(result: Parts<Record<string, unknown>>): boolean {
  return Object.values(result).every(({available}) => !available)
}

function isChanged(before: FeedSnapshot['known'], after: FeedSnapshot['known']): boolean {
  for (const [id, parts] of after) {
    const old = before.get(id)
    if (Object.entries(parts).some(([name, {value}]) => old?.[name]?.value !== value)) return true
  }
  return false
}
