import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {CronEntries} from '../../../src/cluster/scheduler/cron-entries.js'
import {CronRuns} from '../../../src/cluster/scheduler/cron-runs.js'
import {addUser, bankOf, type Site, siteAt, updatesOf} from './support.js'

let site: Site
let entries: CronEntries
let runs: CronRuns
beforeEach(async () => {
  site = siteAt('2026-11-21T12:00:00Z')
  entries = new CronEntries({...site, timeZone: 'UTC'})
  runs = new CronRuns({...site, admins: ['root'], timeZone: 'UTC'})
  await addUser(site.store, 'anna')
  await addUser(site.store, 'bert')
  await addUser(site.store, 'root')
  await site.store.banks.insert(bankOf('alu', {owner: 'anna'}))
})
afterEach(() => site.close())

const nightly = {name: 'nightly', slices: '0 2 * * *', banks: ['alu'], comment: '', user: 'anna'}

async function runAt(time: string): Promise<void> {
  site.clock.set(time)
  await runs.run(site.clock.nowMs())
}

describe('entries that are due', () => {
  it('add an update once, as their user, and not before their time', async () => {
    await entries.add(nightly)
    await runAt('2026-11-22T01:59:59Z')
    expect(await updatesOf(site.queue)).toEqual([])
    await runAt('2026-11-22T02:00:00Z')
    await runAt('2026-11-22T02:00:05Z')
    expect(await updatesOf(site.queue)).toMatchObject([
      {bank: 'alu', user: 'anna', correlationId: `cron-nightly-${Date.parse('2026-11-22T02:00:00Z')}`},
    ])
  })

  it('make up for one missed time, not for each', async () => {
    await entries.add(nightly)
    await runAt('2026-12-01T12:00:00Z')
    await runAt('2026-12-01T12:00:05Z')
    expect(await updatesOf(site.queue)).toHaveLength(1)
  })

  it('run again when their next time comes and the last update has ended', async () => {
    await entries.add(nightly)
    await runAt('2026-11-22T02:00:00Z')
    const job = await site.queue.take({kinds: ['update'], worker: 'w', leaseMs: 1000})
    await site.queue.finish({id: job?.id ?? '', worker: 'w', state: 'done'})
    await runAt('2026-11-23T02:00:00Z')
    expect(await site.queue.count({kinds: ['update'], states: ['queued']})).toBe(1)
  })

  it('do not pile up updates of a bank that is still being updated', async () => {
    await entries.add(nightly)
    await runAt('2026-11-22T02:00:00Z')
    await runAt('2026-11-23T02:00:00Z')
    expect(await updatesOf(site.queue)).toHaveLength(1)
  })

  it('add one update for each of their banks, also for banks that nobody has yet', async () => {
    await entries.add({...nightly, banks: ['alu', 'new', 'alu']})
    await runAt('2026-11-22T02:00:00Z')
    expect((await updatesOf(site.queue)).map(({bank}) => bank)).toEqual(['alu', 'new'])
  })

  it('repeat nothing that was added before the scheduler died', async () => {
    await entries.add({...nightly, banks: ['alu', 'new']})
    const correlationId = `cron-nightly-${Date.parse('2026-11-22T02:00:00Z')}`
    const [payload] = [{bank: 'alu'} as never]
    const job = await site.queue.add({kind: 'update', bank: 'alu', payload, user: 'anna', correlationId})
    await site.queue.take({kinds: ['update'], worker: 'w', leaseMs: 1000})
    await site.queue.finish({id: job.id, worker: 'w', state: 'done'})
    await runAt('2026-11-22T02:00:00Z')
    expect((await updatesOf(site.queue)).map(({bank, state}) => [bank, state])).toEqual(
      expect.arrayContaining([
        ['alu', 'done'],
        ['new', 'queued'],
      ]),
    )
    expect(await updatesOf(site.queue)).toHaveLength(2)
  })

  it('do not come back when they are removed while they run', async () => {
    await entries.add(nightly)
    site.clock.set('2026-11-22T02:00:00Z')
    const original = site.queue.add.bind(site.queue)
    site.queue.add = async job => {
      await entries.remove('nightly')
      return await original(job)
    }
    await runs.run(site.clock.nowMs())
    expect(await entries.list()).toEqual([])
  })

  it('one that cannot be read does not keep the others from running', async () => {
    await site.store.schedule.put({...nightly, name: 'a-broken', slices: 'nonsense', lastDueAtMs: 0})
    await entries.add(nightly)
    await runAt('2026-11-22T02:00:00Z')
    expect(await updatesOf(site.queue)).toHaveLength(1)
  })

  it('one that was put there without a beginning has missed nothing', async () => {
    await site.store.schedule.put(nightly)
    await runAt('2026-11-21T13:00:00Z')
    expect(await updatesOf(site.queue)).toEqual([])
    await runAt('2026-11-22T02:00:00Z')
    expect(await updatesOf(site.queue)).toHaveLength(1)
  })
})

describe('rights when an entry runs', () => {
  it.each([
    ['bert', 'bert does not own the bank'],
    ['gone', 'there is no user gone'],
  ])('%s is refused, which history tells', async (user, reason) => {
    await addUser(site.store, 'gone')
    await entries.add({...nightly, user})
    await site.store.users.remove('gone')
    await runAt('2026-11-22T02:00:00Z')
    expect(await updatesOf(site.queue)).toEqual([])
    expect(await site.store.history.list({limit: 5})).toMatchObject([
      {bank: 'alu', error: true, action: 'update', reason: `Schedule entry nightly: ${reason}`},
    ])
  })

  it('an administrator of the site may update any bank', async () => {
    await entries.add({...nightly, user: 'root'})
    await runAt('2026-11-22T02:00:00Z')
    expect(await updatesOf(site.queue)).toHaveLength(1)
  })
})

describe('editing the schedule', () => {
  it('lists entries with their next time', async () => {
    await entries.add({...nightly, slices: ' 0  2 * * *  '})
    expect(await entries.list()).toEqual([
      {...nightly, lastDueAtMs: site.clock.nowMs(), nextAtMs: Date.parse('2026-11-22T02:00:00Z')},
    ])
  })

  it('replaces an entry, which then runs first at its next time', async () => {
    await entries.add(nightly)
    site.clock.set('2026-11-25T12:00:00Z')
    await entries.add({...nightly, slices: '0 3 * * *'})
    await runAt('2026-11-25T12:00:05Z')
    expect(await updatesOf(site.queue)).toEqual([])
  })

  it.each([
    [{name: ''}, 'usage'],
    [{name: 'a/b'}, 'usage'],
    [{slices: '* * *'}, 'usage'],
    [{banks: []}, 'usage'],
    [{banks: ['../etc']}, 'usage'],
    [{user: 'nobody'}, 'user_not_found'],
  ])('refuses %j', async (change, code) => {
    await expect(entries.add({...nightly, ...change})).rejects.toMatchObject({code})
    expect(await entries.list()).toEqual([])
  })

  it('says whether there was something to remove', async () => {
    await entries.add(nightly)
    expect(await entries.remove('nightly')).toBe(true)
    expect(await entries.remove('nightly')).toBe(false)
  })
})
