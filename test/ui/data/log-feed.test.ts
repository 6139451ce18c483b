import {describe, expect, it, onTestFinished} from 'vitest'
import type {BiomajClient} from '../../../src/api/client.js'
import {BiomajError, type ErrorCode} from '../../../src/shared/errors.js'
import {LogFeed} from '../../../src/ui/data/log-feed.js'
import {ManualClock} from '../../support/dashboard/index.js'

const intervalMs = 1000

/** A cluster like BioMAJ's, which serves the last lines of a log. */
class TailCluster {
  lines: string[] = ['one', 'two']
  reads = 0
  error: ErrorCode | undefined
  readonly additions = {has: async () => Promise.resolve(false)}
  readonly logs = {
    tail: (_bank: string, {lines}: {lines: number}) => this.#tail(lines),
  }

  async *#tail(lines: number): AsyncGenerator<string> {
    this.reads += 1
    await Promise.resolve()
    if (this.error !== undefined) throw new BiomajError({code: this.error, message: `no: ${this.error}`})
    yield* lines === 0 ? this.lines : this.lines.slice(-lines)
  }
}

async function aFeed(cluster = new TailCluster()) {
  const clock = new ManualClock()
  const client = cluster as unknown as BiomajClient
  const feed = new LogFeed({bank: 'alu', cluster: async () => Promise.resolve(client), clock, intervalMs})
  const stop = feed.start()
  onTestFinished(stop)
  await clock.advance(0)
  const lines = () => {
    const {buffer} = feed.getSnapshot()
    return Array.from({length: buffer.next - buffer.first}, (_, index) => buffer.at(buffer.first + index)?.message)
  }
  return {feed, clock, cluster, stop, lines}
}

describe('the feed of a log', () => {
  it('begins with what is there, then takes what is new once', async () => {
    const {clock, cluster, lines} = await aFeed()
    expect(lines()).toEqual(['one', 'two'])
    cluster.lines.push('three')
    await clock.advance(intervalMs)
    await clock.advance(intervalMs)
    expect(lines()).toEqual(['one', 'two', 'three'])
  })

  it('keeps the last ten thousand lines', async () => {
    const cluster = new TailCluster()
    cluster.lines = Array.from({length: 12_000}, (_, index) => `line ${index}`)
    const {clock, lines} = await aFeed(cluster)
    expect([lines().length, lines()[0]]).toEqual([10_000, 'line 2000'])
    cluster.lines.push('last')
    await clock.advance(intervalMs)
    expect([lines().length, lines()[0], lines().at(-1)]).toEqual([10_000, 'line 2001', 'last'])
  })

  it('looks less often while nothing comes, but not so seldom that a new run is missed for long', async () => {
    const {clock, cluster} = await aFeed()
    await clock.advance(120_000)
    const before = cluster.reads
    await clock.advance(60_000)
    expect(cluster.reads - before).toBe(12)
  })

  it('keeps what it has through failures, with its age, and goes on', async () => {
    const {feed, clock, cluster, lines} = await aFeed()
    const {atMs} = feed.getSnapshot().kept
    cluster.error = 'server_error'
    await clock.advance(10_000)
    expect(feed.getSnapshot().kept).toMatchObject({atMs, error: {code: 'server_error'}})
    expect(lines()).toEqual(['one', 'two'])
    cluster.error = undefined
    cluster.lines.push('three')
    await clock.advance(30_000)
    expect(feed.getSnapshot().kept.error).toBeUndefined()
    expect(lines()).toEqual(['one', 'two', 'three'])
  })

  it('asks no more with a refused key until somebody wishes it', async () => {
    const {feed, clock, cluster, lines} = await aFeed()
    cluster.error = 'key_invalid'
    await clock.advance(intervalMs)
    const {reads} = cluster
    await clock.advance(600_000)
    expect(cluster.reads).toBe(reads)
    cluster.error = undefined
    cluster.lines.push('three')
    feed.refresh()
    await clock.advance(0)
    expect(lines().at(-1)).toBe('three')
  })

  it('reads nothing while paused, nor after it was stopped', async () => {
    const {feed, clock, cluster, stop} = await aFeed()
    feed.setPaused(true)
    await clock.advance(60_000)
    expect(cluster.reads).toBe(1)
    feed.setPaused(false)
    await clock.advance(0)
    expect(cluster.reads).toBe(2)
    stop()
    await clock.advance(60_000)
    expect(cluster.reads).toBe(2)
  })

  it('keeps what it has when the interval is another', async () => {
    const {feed, clock, cluster, lines} = await aFeed()
    feed.setIntervalMs(10_000)
    await clock.advance(0)
    const before = cluster.reads
    await clock.advance(20_000)
    expect(cluster.reads - before).toBe(2)
    expect(lines()).toEqual(['one', 'two'])
  })

  it('marks where another run begins, and where lines are missing', async () => {
    const {clock, cluster, lines} = await aFeed()
    cluster.lines = ['a fresh start']
    await clock.advance(intervalMs)
    expect(lines()).toEqual(['one', 'two', 'a new run', 'a fresh start'])
    cluster.lines = Array.from({length: 40_000}, (_, index) => `line ${index}`)
    await clock.advance(intervalMs)
    expect(lines()).toContain('line 39999')
    expect(lines().length).toBe(10_000)
  })
})
