import {describe, expect, it} from 'vitest'
import type {QueueUnderTest} from '../conformance.js'
import {newJob, takeAny, taken} from '../jobs-of-tests.js'

export function describeLeases(test: QueueUnderTest): void {
  describe('leases', () => {
    it('keep a job as long as they are renewed', async () => {
      await test.queue.add(newJob('update', 'alu'))
      const {id} = await taken(test.queue, 'w1', 1000)
      for (let i = 0; i < 5; i++) {
        test.advance(900)
        expect(await test.queue.renew({id, worker: 'w1', leaseMs: 1000})).toBe('kept')
        expect(await takeAny(test.queue, 'w2')).toBeUndefined()
      }
      expect(await test.queue.get(id)).toMatchObject({attempts: 1, leaseUntilMs: test.nowMs() + 1000})
    })

    it('carry how far a job is', async () => {
      await test.queue.add(newJob('download', 'alu'))
      const {id} = await taken(test.queue, 'w1')
      const progress = {filesDone: 1, filesTotal: 3, bytesDone: 2 ** 41, bytesTotal: null}
      await test.queue.renew({id, worker: 'w1', leaseMs: 1000, progress})
      await test.queue.renew({id, worker: 'w1', leaseMs: 1000})
      expect(await (await test.another()).get(id)).toMatchObject({progress})
    })

    it('that end give the job to another, and the first one is told', async () => {
      await test.queue.add(newJob('update', 'alu'))
      const {id} = await taken(test.queue, 'w1', 1000)
      test.advance(1000)
      const other = await test.another()
      expect(await takeAny(other, 'w2')).toMatchObject({id, worker: 'w2', attempts: 2, progress: null})
      expect(await test.queue.renew({id, worker: 'w1', leaseMs: 1000})).toBe('lost')
      expect(await test.queue.finish({id, worker: 'w1', state: 'done', result: 'late'})).toBe(false)
      expect(await test.queue.release({id, worker: 'w1'})).toBe(false)
      expect(await test.queue.get(id)).toMatchObject({state: 'running', worker: 'w2', result: null})
      expect(await other.finish({id, worker: 'w2', state: 'done'})).toBe(true)
    })

    it('that end may still be renewed while nobody else has the job', async () => {
      await test.queue.add(newJob('update', 'alu'))
      const {id} = await taken(test.queue, 'w1', 1000)
      test.advance(5000)
      expect(await test.queue.renew({id, worker: 'w1', leaseMs: 1000})).toBe('kept')
      expect(await takeAny(test.queue, 'w2')).toBeUndefined()
    })

    it('that end three times are the end of the job, with a reason, and of its children', async () => {
      const {id} = await test.queue.add(newJob('update', 'alu'))
      for (let i = 0; i < 3; i++) {
        expect(await takeAny(test.queue, `w${i}`)).toMatchObject({id, attempts: i + 1})
        test.advance(1000)
      }
      expect(await takeAny(test.queue, 'w4')).toBeUndefined()
      const job = await test.queue.get(id)
      expect(job).toMatchObject({state: 'failed', endedAtMs: test.nowMs()})
      expect(job?.reason).toMatch(/^given up: 3 workers died .* w2$/)
      const next = await test.queue.add(newJob('update', 'alu'))
      expect(await takeAny(test.queue, 'w5')).toMatchObject({id: next.id})
    })

    it('are ended for workers that are known to be dead', async () => {
      const jobs = [newJob('update', 'alu'), newJob('download', 'alu'), newJob('update', 'b')]
      for (const job of jobs) await test.queue.add(job)
      await taken(test.queue, 'dead', 100_000)
      await taken(test.queue, 'alive', 100_000)
      await taken(test.queue, 'dead', 100_000)
      const other = await test.another()
      expect(await other.expire(worker => worker === 'dead')).toBe(2)
      expect(await other.expire(worker => worker === 'dead')).toBe(0)
      expect(await other.count({states: ['running']})).toBe(1)
      const again = [await taken(other, 'w'), await taken(other, 'w')]
      expect(again.map(({bank, attempts}) => [bank, attempts])).toEqual([
        ['alu', 2],
        ['b', 2],
      ])
    })

    it('of children end with the one that waits for them, for its next worker asks anew', async () => {
      const parent = await test.queue.add(newJob('update', 'alu'))
      await taken(test.queue, 'dead', 1000)
      const waiting = await test.queue.add(newJob('download', 'alu', {parent: parent.id}))
      const held = await taken(test.queue, 'downloader', 100_000)
      const late = await test.queue.add(newJob('download', 'alu', {parent: parent.id}))
      test.advance(1000)
      expect(await takeAny(test.queue, 'w')).toMatchObject({id: parent.id})
      expect(held.id).toBe(waiting.id)
      expect(await test.queue.renew({id: held.id, worker: 'downloader', leaseMs: 1000})).toBe('cancel')
      expect(await test.queue.get(late.id)).toMatchObject({state: 'cancelled'})
    })
  })

  describe('the end of a job', () => {
    it.each(['done', 'failed', 'cancelled'] as const)('is kept with what it gave: %s', async state => {
      await test.queue.add(newJob('update', 'alu'))
      const {id} = await taken(test.queue, 'w')
      test.advance(7)
      const result = {release: '63', deep: [null, 1.5, 'é']}
      expect(await test.queue.finish({id, worker: 'w', state, result, reason: 'because'})).toBe(true)
      expect(await (await test.another()).get(id)).toMatchObject({
        state,
        result,
        reason: 'because',
        endedAtMs: test.nowMs(),
        leaseUntilMs: null,
        worker: 'w',
      })
      expect(await test.queue.finish({id, worker: 'w', state: 'failed'})).toBe(false)
      expect(await test.queue.renew({id, worker: 'w', leaseMs: 1})).toBe('lost')
      expect(await test.queue.release({id, worker: 'w'})).toBe(false)
    })

    it('comes from nobody but its worker', async () => {
      const {id} = await test.queue.add(newJob('update', 'alu'))
      expect(await test.queue.finish({id, worker: 'w', state: 'done'})).toBe(false)
      expect(await test.queue.finish({id: 'unknown', worker: 'w', state: 'done'})).toBe(false)
      await taken(test.queue, 'w1')
      expect(await test.queue.finish({id, worker: 'w2', state: 'done'})).toBe(false)
      expect(await test.queue.get(id)).toMatchObject({state: 'running'})
    })

    it('leaves no children behind', async () => {
      const parent = await test.queue.add(newJob('update', 'alu'))
      await taken(test.queue, 'w')
      const child = await test.queue.add(newJob('download', 'alu', {parent: parent.id}))
      await test.queue.finish({id: parent.id, worker: 'w', state: 'failed', reason: 'no route'})
      expect(await test.queue.get(child.id)).toMatchObject({state: 'cancelled'})
      const late = await test.queue.add(newJob('download', 'alu', {parent: parent.id}))
      expect(late).toMatchObject({state: 'cancelled'})
      expect(await takeAny(test.queue, 'w')).toBeUndefined()
    })
  })

  describe('a job that is given back', () => {
    it('has lost no attempt and no place', async () => {
      const first = await test.queue.add(newJob('update', 'alu'))
      await test.queue.add(newJob('update', 'b'))
      for (let i = 0; i < 5; i++) {
        expect(await takeAny(test.queue, 'w')).toMatchObject({id: first.id, attempts: 1})
        expect(await test.queue.release({id: first.id, worker: 'w'})).toBe(true)
        expect(await test.queue.get(first.id)).toEqual(first)
      }
    })

    it('ends when somebody has cancelled it', async () => {
      const {id} = await test.queue.add(newJob('update', 'alu'))
      await taken(test.queue, 'w')
      await test.queue.cancel(id, 'bob')
      expect(await test.queue.release({id, worker: 'w'})).toBe(true)
      expect(await test.queue.get(id)).toMatchObject({state: 'cancelled', cancelRequestedBy: 'bob'})
    })
  })
}
