import {describe, expect, it} from 'vitest'
import type {BankLock, HistoryRow, ServiceInstance} from '../../../../src/cluster/model/records.js'
import type {StoreUnderTest} from '../conformance.js'

const hourMs = 3_600_000

function rowOf(bank: string, startMs: number): Omit<HistoryRow, 'id'> {
  return {
    bank,
    action: 'update',
    startMs,
    endMs: startMs + 0.5,
    updated: true,
    error: false,
    cancelled: false,
    reason: null,
    job: 'job 1',
  }
}

function lockOf(job: string, worker = 'w1'): BankLock {
  return {bank: 'alu', action: 'update', job, owner: 'ada', worker, sinceMs: 1000}
}

async function startsOf(rows: Promise<HistoryRow[]>): Promise<number[]> {
  return (await rows).map(({startMs}) => startMs)
}

function instanceOf(id: string, leaseUntilMs: number): ServiceInstance {
  return {
    id,
    service: 'update',
    host: 'h',
    pid: 4711,
    startedAtMs: 1,
    leaseUntilMs,
    work: {bank: 'alu', action: 'update', job: '1', sinceMs: 2},
  }
}

export function describeRecords(test: StoreUnderTest): void {
  describe('history', () => {
    it('gives back each row, numbered', async () => {
      const rows = [
        rowOf('alu', 1000.25),
        {
          ...rowOf('alu', 2000),
          action: 'remove' as const,
          updated: null,
          error: true,
          reason: 'no "route"\n',
          job: null,
        },
        {...rowOf('b', 3000), updated: false, cancelled: true},
      ]
      for (const row of rows) {
        const added = await test.store.history.add(row)
        expect(added).toEqual({...row, id: added.id})
      }
      const listed = await (await test.another()).history.list({limit: 10})
      expect(listed).toMatchObject(rows.toReversed())
      expect(new Set(listed.map(({id}) => id)).size).toBe(3)
    })

    it('lists the newest start first, of one bank or all, no more than asked for', async () => {
      for (const [i, startMs] of [5, 1, 4, 1, 3].entries()) {
        await test.store.history.add(rowOf(i % 2 === 0 ? 'even' : 'odd', startMs))
      }
      const {history} = test.store
      expect(await startsOf(history.list({limit: 10}))).toEqual([5, 4, 3, 1, 1])
      expect(await startsOf(history.list({limit: 2}))).toEqual([5, 4])
      expect(await startsOf(history.list({limit: 10, bank: 'odd'}))).toEqual([1, 1])
      expect(await startsOf(history.list({limit: 10, bank: 'none'}))).toEqual([])
      expect(await startsOf(history.list({limit: 0}))).toEqual([])
    })
  })

  describe('locks', () => {
    it('are held by one job at a time, which may take its own again', async () => {
      const {locks} = test.store
      expect(await locks.take(lockOf('1'))).toBeUndefined()
      expect(await locks.take(lockOf('2'))).toEqual(lockOf('1'))
      expect(await locks.take({...lockOf('1', 'w2'), sinceMs: 2000})).toBeUndefined()
      expect(await locks.get('alu')).toEqual(lockOf('1', 'w2'))
    })

    it('go to one of many who want them at the same time', async () => {
      const stores = [test.store, await test.another(), await test.another()]
      const outcomes = await Promise.all(
        stores.flatMap(({locks}, at) => Array.from({length: 10}, (_, i) => locks.take(lockOf(String(at * 10 + i))))),
      )
      const winners = outcomes.flatMap((inTheWay, i) => (inTheWay === undefined ? [String(i)] : []))
      expect(winners).toHaveLength(1)
      expect(await test.store.locks.get('alu')).toMatchObject({job: winners[0]})
    })

    it('are released by the job that holds them, and broken by anybody', async () => {
      const {locks} = await test.another()
      await locks.take(lockOf('1'))
      await locks.release('alu', '2')
      expect(await test.store.locks.get('alu')).toEqual(lockOf('1'))
      await locks.release('alu', '1')
      expect(await test.store.locks.get('alu')).toBeUndefined()
      expect(await locks.break('alu')).toBe(false)
      await locks.take(lockOf('2'))
      expect(await test.store.locks.break('alu')).toBe(true)
      expect(await locks.list()).toEqual([])
    })

    it('are listed by bank', async () => {
      for (const bank of ['b', 'c', 'a']) await test.store.locks.take({...lockOf('1'), bank})
      expect((await test.store.locks.list()).map(({bank}) => bank)).toEqual(['a', 'b', 'c'])
    })
  })

  describe('services', () => {
    it('are there as they were last renewed, until they leave', async () => {
      const other = await test.another()
      await test.store.services.renew(instanceOf('a', test.nowMs() + 1000))
      await test.store.services.renew({...instanceOf('a', test.nowMs() + 5000), work: null})
      await test.store.services.renew(instanceOf('b', test.nowMs() + 1000))
      expect(await other.services.list()).toEqual([
        {...instanceOf('a', test.nowMs() + 5000), work: null},
        instanceOf('b', test.nowMs() + 1000),
      ])
      await other.services.leave('a')
      await other.services.leave('unknown')
      expect(await test.store.services.list()).toEqual([instanceOf('b', test.nowMs() + 1000)])
    })

    it('are listed for an hour after their lease has ended', async () => {
      await test.store.services.renew(instanceOf('a', test.nowMs()))
      test.advance(hourMs - 1)
      expect(await test.store.services.list()).toHaveLength(1)
      test.advance(2)
      expect(await test.store.services.list()).toEqual([])
      await test.store.services.renew(instanceOf('b', test.nowMs() + 1000))
      expect(await test.store.services.list()).toHaveLength(1)
    })
  })

  describe('schedule', () => {
    it('keeps entries by name and watches by bank, the last that was put', async () => {
      const entry = {name: 'nightly', slices: '0 3 * * *', banks: ['alu', 'b'], comment: 'é', user: 'ada'}
      const watch = {
        bank: 'alu',
        nextCheckAtMs: 2,
        lastCheckAtMs: null,
        lastRelease: '63',
        intervalDays: 7,
        unchanged: 1,
        problem: null,
      }
      await test.store.schedule.put({...entry, name: 'weekly'})
      await test.store.schedule.put({...entry, slices: '* * * * *'})
      await test.store.schedule.put(entry)
      await test.store.schedule.putWatch({...watch, problem: 'gone'})
      await test.store.schedule.putWatch(watch)
      const {schedule} = await test.another()
      expect(await schedule.entries()).toEqual([entry, {...entry, name: 'weekly'}])
      expect(await schedule.watches()).toEqual([watch])
      expect(await schedule.remove('nightly')).toBe(true)
      expect(await schedule.remove('nightly')).toBe(false)
      expect(await test.store.schedule.entries()).toEqual([{...entry, name: 'weekly'}])
    })
  })

  describe('maintenance', () => {
    it('is off at first, and seen by all when it is set', async () => {
      const other = await test.another()
      expect(await other.maintenance.get()).toBeNull()
      await test.store.maintenance.set({sinceMs: 1, by: 'ada'})
      await test.store.maintenance.set({sinceMs: 2, by: 'bob'})
      expect(await other.maintenance.get()).toEqual({sinceMs: 2, by: 'bob'})
      await other.maintenance.set(null)
      expect(await test.store.maintenance.get()).toBeNull()
    })
  })
}
