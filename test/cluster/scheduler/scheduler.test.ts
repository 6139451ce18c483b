import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {rulesFromFiles} from '../../../src/cluster/scheduler/schedule-rules.js'
import {createScheduler, type Scheduler} from '../../../src/cluster/scheduler/scheduler.js'
import {accountsOf, addUser, allRules, bankOf, type Site, siteAt, updatedBank, updatesOf} from './support.js'

let site: Site
const running: Scheduler[] = []
beforeEach(() => {
  site = siteAt('2026-11-21T12:00:00Z')
})
afterEach(async () => {
  for (const scheduler of running.splice(0)) await scheduler.stop({immediately: false})
  await site.close()
})

const accounts = accountsOf(
  {id: 'root', email: 'root@example.org', admin: true},
  {id: 'anna', email: 'anna@example.org', admin: false},
  {id: 'bert', email: 'bert@example.org', admin: false},
)

async function start(): Promise<Scheduler> {
  const scheduler = await createScheduler({
    context: site,
    accounts,
    clock: site.clock,
    timeZone: 'UTC',
    rulesOf: allRules(),
  })
  running.push(scheduler)
  return scheduler
}

/** Until all loops are asleep again, each registration and each scheduler. */
async function settled(): Promise<void> {
  await expect.poll(() => site.clock.sleeping).toBe(running.length * 2)
}

async function ask(
  scheduler: Scheduler,
  path: string,
  {key, method = 'GET', body}: {key?: string; method?: string; body?: unknown} = {},
) {
  const response = await scheduler.handler.fetch(
    new Request(`http://cluster${path}`, {
      method,
      headers: key === undefined ? {} : {authorization: `APIKEY ${key}`},
      ...(body !== undefined && {body: JSON.stringify(body)}),
    }),
  )
  return {status: response.status, body: await response.json()}
}

describe('the service', () => {
  it('adds what becomes due while it runs, and is seen as an instance', async () => {
    await addUser(site.store, 'anna')
    const scheduler = await start()
    await scheduler.entries.add({name: 'n', slices: '0 2 * * *', banks: ['alu'], comment: '', user: 'anna'})
    await settled()
    site.clock.set('2026-11-22T02:00:00Z')
    await expect.poll(() => updatesOf(site.queue)).toHaveLength(1)
    expect(await site.store.services.list()).toMatchObject([{service: 'scheduler', pid: process.pid}])
  })

  it('leaves at its stop, and does nothing after it', async () => {
    await addUser(site.store, 'anna')
    const scheduler = await start()
    await scheduler.entries.add({name: 'n', slices: '0 2 * * *', banks: ['alu'], comment: '', user: 'anna'})
    await settled()
    await scheduler.stop({immediately: false})
    expect(site.clock.sleeping).toBe(0)
    expect(await site.store.services.list()).toEqual([])
    running.length = 0
  })

  it('waits during maintenance and makes up for what was missed', async () => {
    await addUser(site.store, 'anna')
    const scheduler = await start()
    await scheduler.entries.add({name: 'n', slices: '0 2 * * *', banks: ['alu'], comment: '', user: 'anna'})
    await settled()
    await site.store.maintenance.set({sinceMs: 0, by: 'root'})
    site.clock.set('2026-11-23T02:00:00Z')
    await settled()
    expect(await updatesOf(site.queue)).toEqual([])
    await site.store.maintenance.set(null)
    site.clock.advance(5000)
    await expect.poll(() => updatesOf(site.queue)).toHaveLength(1)
  })

  it('of two instances one acts; when it is gone, the other takes over', async () => {
    await addUser(site.store, 'anna')
    const first = await start()
    await settled()
    site.clock.advance(1000)
    await start()
    await settled()
    await first.entries.add({name: 'n', slices: '0 2 * * *', banks: ['alu'], comment: '', user: 'anna'})
    let added = 0
    const add = site.queue.add.bind(site.queue)
    site.queue.add = async job => {
      added++
      return await add(job)
    }
    site.clock.set('2026-11-22T02:00:00Z')
    await expect.poll(() => updatesOf(site.queue)).toHaveLength(1)
    await settled()
    expect(added).toBe(1)
    const job = await site.queue.take({kinds: ['update'], worker: 'w', leaseMs: 1000})
    await site.queue.finish({id: job?.id ?? '', worker: 'w', state: 'done'})
    await first.stop({immediately: false})
    running.splice(running.indexOf(first), 1)
    site.clock.set('2026-11-23T02:00:00Z')
    await expect.poll(() => updatesOf(site.queue)).toHaveLength(2)
    await settled()
    expect(added).toBe(2)
  })
})

describe('routes', () => {
  beforeEach(async () => {
    await addUser(site.store, 'anna')
    await addUser(site.store, 'root', {admin: true})
    await site.store.banks.insert(updatedBank('alu', '2026-11-21T00:00:00Z', '1'))
    await site.store.banks.insert({...updatedBank('secret', '2026-11-21T00:00:00Z', '1'), visibility: 'private'})
    await site.store.banks.insert(bankOf('unused'))
  })

  const next = Date.parse('2026-11-22T00:00:00Z') / 1000

  it('pongs', async () => {
    expect(await ask(await start(), '/api/release')).toEqual({status: 200, body: {msg: 'pong'}})
  })

  it('shows when banks are looked at next, in the shape of BioMAJ, private ones to owner and administrators', async () => {
    const scheduler = await start()
    await settled()
    const names = async (key?: string) => {
      const {body} = await ask(scheduler, '/api/release/schedule', key === undefined ? {} : {key})
      return (body as {schedule: Array<{name: string}>}).schedule.map(({name}) => name)
    }
    const {body} = await ask(scheduler, '/api/release/schedule')
    expect((body as {schedule: unknown[]}).schedule).toContainEqual({name: 'alu', next})
    expect(await names()).toEqual(['alu', 'unused'])
    expect(await names('BERT')).toEqual(['alu', 'unused'])
    expect(await names('ANNA')).toEqual(['alu', 'secret', 'unused'])
    expect(await names('ROOT')).toEqual(['alu', 'secret', 'unused'])
  })

  it('a private bank looks like one that there is not', async () => {
    const scheduler = await start()
    await settled()
    const of = async (bank: string, key?: string) =>
      (await ask(scheduler, `/api/release/schedule/bank/${bank}`, key === undefined ? {} : {key})).body
    expect(await of('alu')).toEqual({schedule: [{name: 'alu', next}]})
    expect(await of('secret')).toEqual({schedule: [{name: 'secret', next: null}]})
    expect(await of('nothing')).toEqual({schedule: [{name: 'nothing', next: null}]})
    expect(await of('secret', 'ANNA')).toEqual({schedule: [{name: 'secret', next}]})
  })

  it('only administrators see and edit cron entries', async () => {
    const scheduler = await start()
    const body = {slices: '0 2 * * *', banks: ['alu'], user: 'anna'}
    for (const [key, status] of [
      [undefined, 401],
      ['WRONG', 401],
      ['ANNA', 403],
    ] as const) {
      const who = key === undefined ? {} : {key}
      expect((await ask(scheduler, '/api/release/cron', who)).status).toBe(status)
      expect((await ask(scheduler, '/api/release/cron/n', {...who, method: 'PUT', body})).status).toBe(status)
      expect((await ask(scheduler, '/api/release/cron/n', {...who, method: 'DELETE'})).status).toBe(status)
    }
    expect(await scheduler.entries.list()).toEqual([])
    expect((await ask(scheduler, '/api/release/cron/n', {key: 'ROOT', method: 'PUT', body})).status).toBe(200)
    expect((await ask(scheduler, '/api/release/cron', {key: 'ROOT'})).body).toEqual({
      cron: [
        {name: 'n', slices: '0 2 * * *', banks: ['alu'], comment: '', user: 'anna', next: '2026-11-22T02:00:00.000Z'},
      ],
    })
    expect((await ask(scheduler, '/api/release/cron/n', {key: 'ROOT', method: 'DELETE'})).status).toBe(200)
    expect((await ask(scheduler, '/api/release/cron/n', {key: 'ROOT', method: 'DELETE'})).status).toBe(404)
  })

  it.each([undefined, [], {slices: 1, banks: []}, {slices: '* *', banks: ['alu']}])(
    'says what is wrong with an entry (%j)',
    async body => {
      const answer = await ask(await start(), '/api/release/cron/n', {key: 'ROOT', method: 'PUT', body})
      expect(answer).toMatchObject({status: 400, body: {error: {code: 'usage'}}})
    },
  )
})

describe('rules of a bank', () => {
  it('come from its file over the global one', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'biomaj-rules-'))
    try {
      const globalProperties = path.join(folder, 'global.properties')
      await writeFile(globalProperties, `[GENERAL]\nconf.dir=${folder}\nschedule.delay=3\nschedule.execute=false\n`)
      await writeFile(path.join(folder, 'alu.properties'), '[GENERAL]\nschedule.delay=10\nschedule.auto=1\n')
      await writeFile(path.join(folder, 'pfam.properties'), '[GENERAL]\nschedule.delay=soon\n')
      const rulesOf = rulesFromFiles({globalProperties, dataDirectory: folder}, {})
      expect(await rulesOf('alu')).toEqual({auto: true, delayDays: 10, execute: false})
      expect(await rulesOf('pfam')).toEqual({auto: null, delayDays: 0, execute: false})
      expect(await rulesOf('nothing')).toBeUndefined()
    } finally {
      await rm(folder, {recursive: true})
    }
  })
})
