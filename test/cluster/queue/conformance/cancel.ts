import {describe, expect, it} from 'vitest'
import type {QueueUnderTest} from '../conformance.js'
import {newJob, takeAny, taken} from '../jobs-of-tests.js'

export function describeCancel(test: QueueUnderTest): void {
  describe('cancelling', () => {
    it('ends a job at once that nobody works on', async () => {
      const {id} = await test.queue.add(newJob('update', 'alu'))
      expect(await (await test.another()).cancel(id, 'bob')).toBe(true)
      expect(await test.queue.get(id)).toMatchObject({
        state: 'cancelled',
        cancelRequestedBy: 'bob',
        reason: 'cancelled by bob',
        endedAtMs: test.nowMs(),
        attempts: 0,
      })
      expect(await takeAny(test.queue, 'w')).toBeUndefined()
    })

    it('asks the worker of a running job to stop, and remembers who asked first', async () => {
      await test.queue.add(newJob('update', 'alu'))
      const {id} = await taken(test.queue, 'w')
      expect(await (await test.another()).cancel(id, 'bob')).toBe(true)
      expect(await test.queue.cancel(id, 'eve')).toBe(true)
      expect(await test.queue.get(id)).toMatchObject({state: 'running', cancelRequestedBy: 'bob'})
      expect(await test.queue.renew({id, worker: 'w', leaseMs: 1000})).toBe('cancel')
      await test.queue.finish({id, worker: 'w', state: 'cancelled', reason: 'cancelled by bob'})
      expect(await test.queue.get(id)).toMatchObject({state: 'cancelled'})
    })

    it('is too late for a job that has ended, and for one that never was', async () => {
      await test.queue.add(newJob('update', 'alu'))
      const {id} = await taken(test.queue, 'w')
      await test.queue.finish({id, worker: 'w', state: 'done'})
      expect(await test.queue.cancel(id, 'bob')).toBe(false)
      expect(await test.queue.cancel('unknown', 'bob')).toBe(false)
      expect(await test.queue.get(id)).toMatchObject({state: 'done', cancelRequestedBy: null})
    })

    it('takes all children along, queued and running, and theirs', async () => {
      const update = await test.queue.add(newJob('update', 'alu'))
      await taken(test.queue, 'w')
      const held = await test.queue.add(newJob('process', 'alu', {parent: update.id}))
      await taken(test.queue, 'p')
      const queued = await test.queue.add(newJob('download', 'alu', {parent: update.id}))
      const grandchild = await test.queue.add(newJob('download', 'alu', {parent: held.id}))
      const stranger = await test.queue.add(newJob('download', 'alu'))
      await (await test.another()).cancel(update.id, 'bob')
      expect(await test.queue.get(held.id)).toMatchObject({state: 'running', cancelRequestedBy: 'bob'})
      expect(await test.queue.get(queued.id)).toMatchObject({state: 'cancelled', cancelRequestedBy: 'bob'})
      expect(await test.queue.get(grandchild.id)).toMatchObject({state: 'cancelled', cancelRequestedBy: 'bob'})
      expect(await test.queue.get(stranger.id)).toMatchObject({state: 'queued', cancelRequestedBy: null})
    })

    it('reaches children that its worker adds before it hears of it', async () => {
      const update = await test.queue.add(newJob('update', 'alu'))
      await taken(test.queue, 'w')
      await test.queue.cancel(update.id, 'bob')
      const child = await test.queue.add(newJob('download', 'alu', {parent: update.id}))
      expect(child).toMatchObject({state: 'cancelled', cancelRequestedBy: 'bob'})
      expect(await takeAny(test.queue, 'd')).toBeUndefined()
    })

    it('is not forgotten when the worker dies', async () => {
      await test.queue.add(newJob('update', 'alu'))
      const {id} = await taken(test.queue, 'w', 1000)
      await test.queue.cancel(id, 'bob')
      test.advance(1000)
      expect(await takeAny(test.queue, 'w2')).toBeUndefined()
      expect(await test.queue.get(id)).toMatchObject({state: 'cancelled', reason: 'cancelled by bob'})
    })
  })
}
