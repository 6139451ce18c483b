import {serviceMark} from '../../presentation/services.js'
import {formatDuration} from '../../shared/durations.js'
import type {Clock} from '../../shared/clock.js'
import {type Feed, partsOf} from './feed.js'
import {boardSource} from './sources.js'

const mostSamples = 120
/** "For 2 s or more" tells nothing. */
const tellingSeconds = 10

/** Since when something is as it is. */
export interface Since {
  /** When it was first seen so, on the monotonic clock. */
  atMs: number
  /** It was so at the first look already, and may be so for long. */
  atLeast: boolean
}

/**
 * `for 40s`, `for 3m`, `for 3m or more`; nothing where a first look was just taken. Whole minutes after the first, so that
 * a service that is down for hours does not change the screen every second.
 */
export function lasted(since: Since | undefined, nowMs: number): string | undefined {
  if (since === undefined) return undefined
  const seconds = Math.max(0, Math.floor((nowMs - since.atMs) / 1000))
  if (since.atLeast && seconds < tellingSeconds) return undefined
  const duration =
    seconds < 60 ? `${seconds}s` : seconds < 3600 ? `${Math.floor(seconds / 60)}m` : formatDuration(seconds * 1000)
  return since.atLeast ? `for ${duration} or more` : `for ${duration}`
}

/**
 * What only somebody who keeps looking can know: how deep the queue was, since when each daemon does what it does, and since
 * when a service is not all up.
 */
export class Watched {
  /** Depths of the queue, one for each good round; the last 120. */
  depths: readonly number[] = []
  /** By daemon: since when it is at its present work. */
  since: ReadonlyMap<string, Since> = new Map()
  /** By service, of those that are down or partly up. */
  troubles: ReadonlyMap<string, Since> = new Map()
  readonly #clock: Pick<Clock, 'nowMs'>
  readonly #states = {daemons: new Map<string, string>(), services: new Map<string, string>()}
  readonly #lastAtMs: {queue?: number | undefined; daemons?: number | undefined; services?: number | undefined} = {}

  constructor(feed: Feed, clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock
    feed.subscribe(() => {
      const {queue, daemons, services} = partsOf(feed.getSnapshot(), boardSource)
      if (queue.value !== undefined && this.#isNew('queue', queue.atMs))
        this.depths = [...this.depths.slice(1 - mostSamples), queue.value.depth]
      const isFirst = {daemons: this.#lastAtMs.daemons === undefined, services: this.#lastAtMs.services === undefined}
      if (daemons.value !== undefined && this.#isNew('daemons', daemons.atMs)) {
        const states = daemons.value.flatMap(
          ({daemon, bank, action}): Array<[string, string]> =>
            bank === null ? [] : [[daemon, `${action ?? ''} ${bank}`]],
        )
        this.since = this.#sinceOf(this.since, {before: this.#states.daemons, states, isFirst: isFirst.daemons})
      }
      if (services.value !== undefined && this.#isNew('services', services.atMs)) {
        const states = services.value.flatMap((service): Array<[string, string]> => {
          const {word} = serviceMark(service)
          return word === 'down' || word === 'partly up' ? [[service.name, word]] : []
        })
        this.troubles = this.#sinceOf(this.troubles, {
          before: this.#states.services,
          states,
          isFirst: isFirst.services,
        })
      }
    })
  }

  #isNew(part: 'queue' | 'daemons' | 'services', atMs: number | undefined): boolean {
    if (atMs === this.#lastAtMs[part]) return false
    this.#lastAtMs[part] = atMs
    return true
  }

  #sinceOf(
    known: ReadonlyMap<string, Since>,
    {before, states, isFirst}: {before: Map<string, string>; states: ReadonlyArray<[string, string]>; isFirst: boolean},
  ): ReadonlyMap<string, Since> {
    const since = new Map(
      states.map(([name, state]) => {
        const own = before.get(name) === state ? known.get(name) : undefined
        return [name, own ?? {atMs: this.#clock.nowMs(), atLeast: isFirst}]
      }),
    )
    before.clear()
    for (const [name, state] of states) before.set(name, state)
    return since
  }
}
