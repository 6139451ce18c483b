import {describe, expect, it} from 'vitest'
import type {JobKind} from '../../../../src/cluster/queue/queue.js'
import type {QueueUnderTest} from '../conformance.js'
import {bankKinds, newJob, takeAny, taken} from '../jobs-of-tests.js'

export function describeHandingOut(test: QueueUnderTest): void {
  describe('handing out', () => {
    it.each<JobKind>(['update', 'remove', 'repair', 'download', 'process', 'release'])(
      'keeps all of a job of the kind %s',
      async kind => {
        const request = newJob(kind, 'alu', {priority: 2.5, correlationId: 'c/é'})
        const job = await test.queue.add(request)
        expect(job).toEqual({
          ...request,
          id: job.id,
          parent: null,
          state: 'queued',
          queuedAtMs: test.nowMs(),
          startedAtMs: null,
          endedAtMs: null,
          worker: null,
          leaseUntilMs: null,
          attempts: 0,
          cancelRequestedBy: null,
          progress: null,
          result: null,
          reason: null,
        })
        const other = await test.another()
        expect(await other.get(job.id)).toEqual(job)
        test.advance(10)
        const running = await other.take({kinds: [kind], worker: 'w', leaseMs: 500})
        expect(running).toEqual({
          ...job,
          state: 'running',
          startedAtMs: test.nowMs(),
          worker: 'w',
          leaseUntilMs: test.nowMs() + 500,
          attempts: 1,
        })
        expect(await test.queue.get(job.id)).toEqual(running)
      },
    )

    it('gives each job to one worker, the most urgent first, else in the order of asking', async () => {
      for (const [i, priority] of [0, 5, undefined, -1, 5, 0.5].entries()) {
        await test.queue.add(newJob('update', `b${i}`, {priority}))
      }
      const order: string[] = []
      for (let job = await takeAny(test.queue, 'w'); job !== undefined; job = await takeAny(test.queue, 'w')) {
        order.push(job.bank)
      }
      expect(order).toEqual(['b1', 'b4', 'b5', 'b0', 'b2', 'b3'])
    })

    it('keeps the order of asking within a millisecond, and when the clock is set back', async () => {
      const ids: string[] = []
      for (let i = 0; i < 60; i++) {
        if (i === 30) test.advance(-60_000)
        ids.push((await test.queue.add(newJob('process', 'alu'))).id)
      }
      expect(ids).toEqual(ids.toSorted((a, b) => (a < b ? -1 : 1)))
      expect(new Set(ids).size).toBe(60)
      for (const id of ids) expect(await takeAny(test.queue, 'w')).toMatchObject({id})
    })

    it('gives ids that differ and grow, whichever process adds', async () => {
      const queues = [test.queue, await test.another()]
      const jobs = await Promise.all(
        queues.flatMap(queue => Array.from({length: 25}, () => queue.add(newJob('release', 'alu')))),
      )
      expect(new Set(jobs.map(({id}) => id)).size).toBe(50)
      const before = jobs.map(({id}) => id).toSorted((a, b) => (a < b ? -1 : 1))
      const last = await queues[1]?.add(newJob('release', 'alu'))
      expect(last?.id.localeCompare(before.at(-1) ?? '')).toBe(1)
    })

    it('gives only the kinds that are asked for', async () => {
      await test.queue.add(newJob('download', 'alu'))
      expect(await test.queue.take({kinds: ['update', 'process'], worker: 'w', leaseMs: 1})).toBeUndefined()
      expect(await test.queue.take({kinds: [], worker: 'w', leaseMs: 1})).toBeUndefined()
      expect(await test.queue.take({kinds: ['process', 'download'], worker: 'w', leaseMs: 1})).toBeDefined()
    })

    it('gives none twice, however many ask at the same time', async () => {
      const queues = [test.queue, await test.another(), await test.another()]
      for (let i = 0; i < 40; i++) await test.queue.add(newJob(i % 2 === 0 ? 'download' : 'update', `b${i}`))
      const outcomes = await Promise.all(
        queues.flatMap((queue, at) => Array.from({length: 20}, (_, i) => takeAny(queue, `w${at}.${i}`))),
      )
      const ids = outcomes.flatMap(job => (job === undefined ? [] : [job.id]))
      expect(ids).toHaveLength(40)
      expect(new Set(ids).size).toBe(40)
    })
  })

  describe('banks', () => {
    it.each(bankKinds)('are worked on by one job at a time; %s waits for an update, other banks do not', async kind => {
      await test.queue.add(newJob('update', 'alu'))
      const waiting = await test.queue.add(newJob(kind, 'alu', {priority: 9}))
      const first = await taken(test.queue, 'w1')
      expect(first).toMatchObject({id: waiting.id})
      const other = await test.queue.add(newJob(kind, 'b'))
      expect(await takeAny(await test.another(), 'w2')).toMatchObject({id: other.id})
      expect(await takeAny(test.queue, 'w2')).toBeUndefined()
      await test.queue.finish({id: first.id, worker: 'w1', state: 'done'})
      expect(await takeAny(test.queue, 'w2')).toMatchObject({kind: 'update', bank: 'alu'})
    })

    it('are worked on in the order of asking', async () => {
      for (const kind of ['update', 'remove', 'update', 'repair'] as const) await test.queue.add(newJob(kind, 'alu'))
      const order: string[] = []
      for (let job = await takeAny(test.queue, 'w'); job !== undefined; job = await takeAny(test.queue, 'w')) {
        order.push(job.kind)
        await test.queue.finish({id: job.id, worker: 'w', state: 'failed', reason: 'no'})
      }
      expect(order).toEqual(['update', 'remove', 'update', 'repair'])
    })

    it('do not wait for a job that nobody may take who asks', async () => {
      await test.queue.add(newJob('remove', 'alu'))
      const update = await test.queue.add(newJob('update', 'alu'))
      expect(await test.queue.take({kinds: ['update'], worker: 'w', leaseMs: 1})).toMatchObject({id: update.id})
      expect(await test.queue.take({kinds: ['remove'], worker: 'w', leaseMs: 1})).toBeUndefined()
    })

    it('have any number of downloads and processes at a time', async () => {
      await test.queue.add(newJob('update', 'alu'))
      for (let i = 0; i < 3; i++) {
        await test.queue.add(newJob('download', 'alu'))
        await test.queue.add(newJob('process', 'alu'))
      }
      for (let i = 0; i < 7; i++) expect(await takeAny(test.queue, `w${i}`)).toBeDefined()
    })

    it.each([
      ['is cancelled', async (id: string) => void (await test.queue.cancel(id, 'ada'))],
      ['is taken', async () => void (await takeAny(test.queue, 'w'))],
    ])('a job that waits comes first after the one before it %s and ends', async (_, before) => {
      const first = await test.queue.add(newJob('update', 'alu'))
      const second = await test.queue.add(newJob('update', 'alu'))
      await before(first.id)
      await test.queue.finish({id: first.id, worker: 'w', state: 'done'})
      expect(await takeAny(test.queue, 'w2')).toMatchObject({id: second.id})
    })
  })
}
