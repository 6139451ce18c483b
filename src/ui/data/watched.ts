import type {Clock} from '../../shared/clock.js'
import {type Feed, partsOf} from './feed.js'
import {boardSource} from './sources.js'

const mostSamples = 120

/**
 * What only somebody who keeps looking can know: how deep the queue was, and since when each daemon does what it does.
 */
export class Watched {
  /** Depths of the queue, one for each good round; the last 120. */
  depths: readonly number[] = []
  /** By daemon, when it was first seen at its present work, on the monotonic clock. */
  since: ReadonlyMap<string, number> = new Map()
  #work = new Map<string, string>()
  #lastAtMs: number | undefined

  constructor(feed: Feed, clock: Pick<Clock, 'nowMs'>) {
    feed.subscribe(() => {
      const {queue, daemons} = partsOf(feed.getSnapshot(), boardSource)
      if (queue.value === undefined || queue.atMs === this.#lastAtMs) return
      this.#lastAtMs = queue.atMs
      this.depths = [...this.depths.slice(1 - mostSamples), queue.value.depth]
      const since = new Map<string, number>()
      const work = new Map<string, string>()
      for (const {daemon, bank, action} of daemons.value ?? []) {
        if (bank === null) continue
        const doing = `${action ?? ''} ${bank}`
        work.set(daemon, doing)
        const before = this.#work.get(daemon) === doing ? this.since.get(daemon) : undefined
        since.set(daemon, before ?? clock.nowMs())
      }
      this.since = since
      this.#work = work
    })
  }
}
