import {afterEach, describe, expect, it} from 'vitest'
import type {BiomajClient} from '../../../src/api/client.js'
import type {Part} from '../../../src/operations/board/part.js'
import {BiomajError, type ErrorCode} from '../../../src/shared/errors.js'
import {Feed, isAging, partsOf} from '../../../src/ui/data/feed.js'
import {freshness} from '../../../src/ui/data/kept.js'
import type {Source} from '../../../src/ui/data/source.js'
import {ManualClock} from '../../support/dashboard/index.js'

const intervalMs = 2000
// The sources of these tests ask no cluster.
const nobody = {} as BiomajClient

interface Two {
  left: number
  right: number
}

/** A source that counts its readings and answers what it is told to. */
class ScriptedSource implements Source<Two> {
  readonly id: string
  readonly parts = ['left', 'right'] as const
  reads = 0
  inFlight = 0
  mostInFlight = 0
  answer: () => Promise<{left: Part<number>; right: Part<number>}> = async () =>
    Promise.resolve({left: {available: true, value: this.reads}, right: {available: true, value: 0}})

  constructor(id = 'two') {
    this.id = id
  }

  async read(): Promise<{left: Part<number>; right: Part<number>}> {
    this.reads += 1
    this.inFlight += 1
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight)
    try {
      return await this.answer()
    } finally {
      this.inFlight -= 1
    }
  }

  fails(code: ErrorCode): void {
    this.answer = async () => Promise.reject(new BiomajError({code, message: `no: ${code}`}))
  }

  gives(left: Part<number>, right: Part<number>): void {
    this.answer = async () => Promise.resolve({left, right})
  }
}

const feeds: Feed[] = []
afterEach(() => {
  for (const feed of feeds.splice(0)) feed.dispose()
})

async function aFeed(source = new ScriptedSource()) {
  const clock = new ManualClock()
  let connects = 0
  const connect = async () => {
    connects += 1
    return Promise.resolve(nobody)
  }
  const feed = new Feed({connect, clock, intervalMs})
  feeds.push(feed)
  feed.want([source])
  await clock.advance(0)
  return {feed, clock, source, connects: () => connects, parts: () => partsOf(feed.getSnapshot(), source)}
}

const good = (value: number): Part<number> => ({available: true, value})
const missing: Part<number> = {available: false, error: {code: 'server_error', message: 'broken'}}

describe('the feed', () => {
  it('tells since when a round has had no answer, until it has one', async () => {
    const {feed, clock, source} = await aFeed()
    const {promise, resolve} = Promise.withResolvers<{left: Part<number>; right: Part<number>}>()
    source.answer = async () => promise
    await clock.advance(intervalMs)
    const askedAtMs = clock.nowMs()
    await clock.advance(intervalMs * 2 - 1)
    expect(feed.getSnapshot().unansweredSinceMs).toBeUndefined()
    await clock.advance(1)
    expect(feed.getSnapshot()).toMatchObject({connection: {state: 'live'}, unansweredSinceMs: askedAtMs})
    expect(isAging(feed.getSnapshot())).toBe(true)
    resolve({left: good(5), right: good(5)})
    await clock.advance(0)
    expect(feed.getSnapshot().unansweredSinceMs).toBeUndefined()
    expect(isAging(feed.getSnapshot())).toBe(false)
  })

  it('says that what is known grows older while it is paused', async () => {
    const {feed} = await aFeed()
    feed.setPaused(true)
    expect(isAging(feed.getSnapshot())).toBe(true)
  })

  it('reads at once what a view wants, then once per interval', async () => {
    const {clock, source} = await aFeed()
    expect(source.reads).toBe(1)
    await clock.advance(intervalMs * 3)
    expect(source.reads).toBe(4)
  })

  it('never has two rounds in flight, however long one takes and whoever asks for more', async () => {
    const {feed, clock, source} = await aFeed()
    const {promise, resolve} = Promise.withResolvers<{left: Part<number>; right: Part<number>}>()
    source.answer = async () => promise
    await clock.advance(intervalMs)
    feed.refresh()
    feed.refresh()
    await clock.advance(intervalMs * 10)
    expect(source.reads).toBe(2)
    source.gives(good(1), good(1))
    resolve({left: good(1), right: good(1)})
    await clock.advance(0)
    expect(source).toMatchObject({reads: 3, mostInFlight: 1})
  })

  it('keeps what it knows of a part that fails, with its age, while others go on', async () => {
    const {clock, source, parts, feed} = await aFeed()
    source.gives(good(7), good(8))
    await clock.advance(intervalMs)
    const readAt = clock.nowMs()
    source.gives(missing, good(9))
    await clock.advance(intervalMs)
    expect(parts().left).toEqual({value: 7, atMs: readAt, error: {code: 'server_error', message: 'broken'}})
    expect(parts().right).toEqual({value: 9, atMs: readAt + intervalMs, error: undefined})
    expect(feed.getSnapshot().connection.state).toBe('live')
  })

  it('is lost when a round gives nothing, tells since when, and is live again within one interval', async () => {
    const {feed, clock, source, parts} = await aFeed()
    source.fails('unreachable')
    await clock.advance(intervalMs)
    const sinceMs = clock.nowMs()
    await clock.advance(60_000)
    expect(feed.getSnapshot().connection).toMatchObject({state: 'lost', sinceMs, error: {code: 'unreachable'}})
    expect(parts().left.value).toBe(1)
    source.gives(good(5), good(5))
    await clock.advance(intervalMs)
    expect(feed.getSnapshot().connection.state).toBe('live')
    expect(parts().left.value).toBe(5)
  })

  it('retries for ever a cluster that answers with errors, at most every 30 s', async () => {
    const {clock, source} = await aFeed()
    source.fails('server_error')
    await clock.advance(3_600_000)
    const before = source.reads
    await clock.advance(300_000)
    expect(source.reads - before).toBeGreaterThanOrEqual(10)
    expect(source.reads - before).toBeLessThanOrEqual(13)
  })

  it('asks no more with a key that was refused, until somebody wishes it', async () => {
    const {feed, clock, source, connects} = await aFeed()
    source.fails('key_invalid')
    await clock.advance(intervalMs)
    expect(feed.getSnapshot().connection).toMatchObject({state: 'refused', error: {code: 'key_invalid'}})
    const {reads} = source
    await clock.advance(3_600_000)
    const other = new ScriptedSource('other')
    feed.want([other])
    await clock.advance(0)
    expect([source.reads, other.reads]).toEqual([reads, 0])
    feed.refresh()
    await clock.advance(0)
    expect(other.reads).toBe(1)
    // The key may have been changed meanwhile.
    expect(connects()).toBe(2)
    expect(feed.getSnapshot().connection.state).toBe('live')
  })

  it('reads only what the view on screen wants', async () => {
    const {feed, clock, source} = await aFeed()
    const other = new ScriptedSource('other')
    feed.want([other])
    await clock.advance(intervalMs * 2)
    expect([source.reads, other.reads]).toEqual([1, 3])
  })

  it('reads at once what grew old while another view was shown, but not what is fresh', async () => {
    const {feed, clock, source} = await aFeed()
    const other = new ScriptedSource('other')
    feed.want([other])
    await clock.advance(intervalMs / 2)
    feed.want([source])
    await clock.advance(0)
    expect(source.reads).toBe(1)
    feed.want([other])
    await clock.advance(60_000)
    feed.want([source])
    await clock.advance(0)
    expect(source.reads).toBe(2)
  })

  it('reads nothing while paused, and at once afterwards', async () => {
    const {feed, clock, source} = await aFeed()
    feed.setPaused(true)
    await clock.advance(60_000)
    expect(source.reads).toBe(1)
    feed.setPaused(false)
    await clock.advance(0)
    expect(source.reads).toBe(2)
  })

  it('drops the round in flight and begins none while halted', async () => {
    const {feed, clock, source, parts} = await aFeed()
    const {promise, resolve} = Promise.withResolvers<{left: Part<number>; right: Part<number>}>()
    source.answer = async () => promise
    await clock.advance(intervalMs)
    const goOn = feed.halt()
    resolve({left: good(99), right: good(99)})
    await clock.advance(60_000)
    expect(parts().left.value).toBe(1)
    source.gives(good(2), good(2))
    goOn()
    await clock.advance(0)
    expect(parts().left.value).toBe(2)
  })

  it('keeps the very same object for what did not change, so that nothing is drawn for it', async () => {
    const {feed, clock, source} = await aFeed()
    source.answer = async () => Promise.resolve({left: good([1, 2, 3] as unknown as number), right: good(0)})
    await clock.advance(intervalMs)
    const first = partsOf(feed.getSnapshot(), source).left.value
    await clock.advance(intervalMs)
    expect(partsOf(feed.getSnapshot(), source).left.value).toBe(first)
  })

  it('is silent after it was disposed of', async () => {
    const {feed, clock, source} = await aFeed()
    let heard = 0
    feed.subscribe(() => (heard += 1))
    feed.dispose()
    await clock.advance(60_000)
    expect([source.reads, heard]).toEqual([1, 0])
  })
})

describe('freshness', () => {
  it.each([
    [0, 'fresh'],
    [3999, 'fresh'],
    [4000, 'late'],
    [5999, 'late'],
    [6000, 'stale'],
  ])('of what is %i ms old at an interval of 2 s is %s', (ageMs, expected) => {
    expect(freshness({value: 1, atMs: 1000, error: undefined}, {nowMs: 1000 + ageMs, intervalMs})).toBe(expected)
  })

  it('of what was never read is missing', () => {
    expect(freshness({value: undefined, atMs: undefined, error: undefined}, {nowMs: 1, intervalMs})).toBe('missing')
  })
})
