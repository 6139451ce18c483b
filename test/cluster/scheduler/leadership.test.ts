import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import type {ServiceInstance} from '../../../src/cluster/model/records.js'
import {isLeader} from '../../../src/cluster/scheduler/leadership.js'
import {register} from '../../../src/cluster/services/registration.js'
import {type Site, siteAt} from './support.js'

let site: Site
beforeEach(() => {
  site = siteAt('2026-11-21T12:00:00Z')
})
afterEach(() => site.close())

async function instance(id: string, more: Partial<ServiceInstance> = {}): Promise<void> {
  const nowMs = site.clock.nowMs()
  await site.store.services.renew({
    id,
    service: 'scheduler',
    host: 'h',
    pid: 1,
    startedAtMs: nowMs,
    leaseUntilMs: nowMs + 1000,
    work: null,
    ...more,
  })
}

const leaders = async (...ids: string[]) => {
  const leading = await Promise.all(ids.map(id => isLeader(site.store, id, site.clock.nowMs())))
  return ids.filter((_, index) => leading[index])
}

describe('which scheduler acts', () => {
  it('the one that has been there longest, as long as its lease lasts', async () => {
    const nowMs = site.clock.nowMs()
    await instance('new')
    await instance('old', {startedAtMs: nowMs - 10, leaseUntilMs: nowMs + 500})
    await instance('older-of-another-kind', {service: 'update', startedAtMs: 0})
    expect(await leaders('new', 'old', 'older-of-another-kind')).toEqual(['old'])
    site.clock.advance(500)
    expect(await leaders('new', 'old')).toEqual(['new'])
  })

  it('exactly one of those that started at the same time', async () => {
    await instance('a')
    await instance('b')
    expect(await leaders('a', 'b')).toEqual(['a'])
  })

  it('not one whose own lease has ended', async () => {
    await instance('late', {leaseUntilMs: site.clock.nowMs()})
    expect(await leaders('late')).toEqual([])
  })
})

const registered = async () => await register({...site, service: 'scheduler', leaseMs: 3000})

describe('a registration', () => {
  it('is renewed before its lease ends, with what the instance does', async () => {
    const registration = await registered()
    for (let round = 0; round < 5; round++) {
      await expect.poll(() => site.clock.sleeping).toBe(1)
      site.clock.advance(1000)
    }
    await expect.poll(async () => (await site.store.services.list())[0]?.leaseUntilMs).toBe(site.clock.nowMs() + 3000)
    const doing = {bank: 'alu', action: 'update', job: 'j', sinceMs: 1}
    await registration.work(doing)
    expect(await site.store.services.list()).toMatchObject([{id: registration.id, work: doing, pid: process.pid}])
    await registration.leave()
    expect(await site.store.services.list()).toEqual([])
  })

  it('goes on when the store was away for a moment', async () => {
    const registration = await registered()
    const renew = site.store.services.renew.bind(site.store.services)
    let failures = 0
    site.store.services.renew = async () => {
      failures++
      throw new Error('away')
    }
    await expect.poll(() => site.clock.sleeping).toBe(1)
    site.clock.advance(1000)
    await expect.poll(() => failures).toBe(1)
    site.store.services.renew = renew
    await expect.poll(() => site.clock.sleeping).toBe(1)
    site.clock.advance(1000)
    await expect.poll(async () => (await site.store.services.list())[0]?.leaseUntilMs).toBe(site.clock.nowMs() + 3000)
    await registration.leave()
  })

  it('of two instances of one process have different names', async () => {
    const [one, other] = [await registered(), await registered()]
    expect(one.id).not.toBe(other.id)
    await one.leave()
    expect(await site.store.services.list()).toMatchObject([{id: other.id}])
    await other.leave()
  })
})
