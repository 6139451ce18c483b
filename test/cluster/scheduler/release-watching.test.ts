import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {afterNewRelease, afterNothingNew} from '../../../src/cluster/scheduler/check-interval.js'
import {ReleaseWatching} from '../../../src/cluster/scheduler/release-watching.js'
import {allRules, answerLook, bankOf, day, type Site, siteAt, updatedBank, updatesOf} from './support.js'

let site: Site
beforeEach(() => {
  site = siteAt('2026-11-21T00:00:00Z')
})
afterEach(() => site.close())

function watching(rules = allRules()): ReleaseWatching {
  return new ReleaseWatching({...site, rulesOf: rules})
}

/** Lets the worker answer what is asked now, and settles it. */
async function look(watcher: ReleaseWatching, release: string | null | Error): Promise<boolean> {
  await watcher.run(site.clock.nowMs())
  if (!(await answerLook(site.queue, release))) return false
  await watcher.run(site.clock.nowMs())
  return true
}

async function watchOf(bank: string) {
  return (await site.store.schedule.watches()).find(watch => watch.bank === bank)
}

describe('the pace of looks', () => {
  it('slows down after three looks without a change, to 90 days at most', () => {
    const paces = []
    let pace = {intervalDays: 1, unchanged: 0}
    for (let look = 0; look < 8; look++) {
      pace = afterNothingNew(pace)
      paces.push(pace.intervalDays)
    }
    expect(paces).toEqual([1, 1, 7, 14, 30, 90, 90, 90])
  })

  it('speeds up only when the first look after a release finds another', () => {
    expect(afterNewRelease({intervalDays: 30, unchanged: 0})).toEqual({intervalDays: 14, unchanged: 0})
    expect(afterNewRelease({intervalDays: 1, unchanged: 0})).toEqual({intervalDays: 1, unchanged: 0})
    expect(afterNewRelease({intervalDays: 30, unchanged: 2})).toEqual({intervalDays: 30, unchanged: 0})
  })
})

describe('watching releases', () => {
  it('first looks a day after the bank was updated, then at its pace', async () => {
    await site.store.banks.insert(updatedBank('alu', '2026-11-20T12:00:00Z', '1'))
    const watcher = watching()
    expect(await look(watcher, '1')).toBe(false)
    expect(await watchOf('alu')).toMatchObject({nextCheckAtMs: Date.parse('2026-11-21T12:00:00Z')})
    site.clock.set('2026-11-21T12:00:00Z')
    const looks: string[] = []
    while (looks.length < 5) {
      if (await look(watcher, '1')) looks.push(new Date(site.clock.nowMs()).toISOString().slice(0, 10))
      site.clock.advance(day)
    }
    expect(looks).toEqual(['2026-11-21', '2026-11-22', '2026-11-23', '2026-11-30', '2026-12-14'])
    expect(await updatesOf(site.queue)).toEqual([])
  })

  it('a new release adds one update, as biomaj, and tells who watches', async () => {
    await site.store.banks.insert(updatedBank('alu', '2026-11-01T00:00:00Z', '1'))
    const watcher = watching()
    expect(await look(watcher, '2')).toBe(true)
    await watcher.run(site.clock.nowMs())
    expect(await updatesOf(site.queue)).toMatchObject([
      {bank: 'alu', user: 'biomaj', payload: {bank: 'alu', publish: false}},
    ])
    expect(await watchOf('alu')).toMatchObject({lastRelease: '2', unchanged: 0, problem: null})
    const {events} = await site.store.events.after(0, 100)
    expect(events).toContainEqual(expect.objectContaining({type: 'bank', bank: 'alu', data: {newRemoteRelease: '2'}}))
  })

  it('a release that is in production already is nothing new', async () => {
    await site.store.banks.insert(updatedBank('alu', '2026-11-01T00:00:00Z', '1'))
    await look(watching(), '1')
    expect(await updatesOf(site.queue)).toEqual([])
    expect(await watchOf('alu')).toMatchObject({unchanged: 1})
  })

  it('schedule.execute=false notes a release and does not fetch it', async () => {
    await site.store.banks.insert(updatedBank('alu', '2026-11-01T00:00:00Z', '1'))
    await look(watching(allRules({execute: false})), '2')
    expect(await updatesOf(site.queue)).toEqual([])
    expect(await watchOf('alu')).toMatchObject({lastRelease: '2'})
  })

  it('schedule.delay is the least time between two looks', async () => {
    await site.store.banks.insert(updatedBank('alu', '2026-11-01T00:00:00Z', '1'))
    await look(watching(allRules({delayDays: 60})), '1')
    expect(await watchOf('alu')).toMatchObject({nextCheckAtMs: site.clock.nowMs() + 60 * day})
  })

  it.each([
    ['a bank that was never fetched', bankOf('alu'), allRules()],
    ['schedule.auto=false', updatedBank('alu', '2026-11-01T00:00:00Z', '1'), allRules({auto: false})],
    ['a bank without properties', updatedBank('alu', '2026-11-01T00:00:00Z', '1'), async () => undefined],
  ])('%s is not looked at', async (_name, bank, rules) => {
    await site.store.banks.insert(bank)
    expect(await look(watching(rules), '2')).toBe(false)
    expect(await site.queue.count({})).toBe(0)
  })

  it('schedule.auto=true has a bank looked at that was never fetched', async () => {
    await site.store.banks.insert(bankOf('alu'))
    expect(await look(watching(allRules({auto: true})), '1')).toBe(true)
    expect(await updatesOf(site.queue)).toHaveLength(1)
  })

  it('a look that fails leaves the reason and counts as nothing new', async () => {
    await site.store.banks.insert(updatedBank('alu', '2026-11-01T00:00:00Z', '1'))
    await look(watching(), new Error('no such host'))
    expect(await watchOf('alu')).toMatchObject({problem: 'no such host', lastRelease: '1', unchanged: 1})
    expect(await updatesOf(site.queue)).toEqual([])
  })

  it('a bank that is locked is left alone until it is free', async () => {
    await site.store.banks.insert(updatedBank('alu', '2026-11-01T00:00:00Z', '1'))
    await site.store.locks.take({bank: 'alu', action: 'update', job: 'j', owner: 'anna', worker: 'w', sinceMs: 0})
    const watcher = watching()
    expect(await look(watcher, '2')).toBe(false)
    await site.store.locks.release('alu', 'j')
    expect(await look(watcher, '2')).toBe(true)
  })

  it('asks for few looks at a time when thousands of banks are due', async () => {
    for (let index = 0; index < 50; index++) {
      await site.store.banks.insert(updatedBank(`bank${index}`, '2026-11-01T00:00:00Z', '1'))
    }
    const watcher = watching()
    let looks = 0
    for (let round = 0; round < 40 && looks < 50; round++) {
      await watcher.run(site.clock.nowMs())
      expect(await site.queue.count({kinds: ['release'], states: ['queued', 'running']})).toBeLessThanOrEqual(4)
      while (await answerLook(site.queue, '1')) looks++
    }
    expect(looks).toBe(50)
  })

  it('goes on after a restart with the look that was under way', async () => {
    await site.store.banks.insert(updatedBank('alu', '2026-11-01T00:00:00Z', '1'))
    await watching().run(site.clock.nowMs())
    await watching().run(site.clock.nowMs())
    expect(await site.queue.count({kinds: ['release']})).toBe(1)
    await answerLook(site.queue, '2')
    await watching().run(site.clock.nowMs())
    expect(await updatesOf(site.queue)).toHaveLength(1)
  })
})
