import {describe, expect, it, vi} from 'vitest'
import type {Job, JobQuery, Queue} from '../../../../src/cluster/queue/queue.js'
import type {QueueUnderTest} from '../conformance.js'
import {newJob, taken} from '../jobs-of-tests.js'

async function someJobs(queue: Queue): Promise<Job[]> {
  return [
    await queue.add(newJob('update', 'a')),
    await queue.add(newJob('update', 'b', {priority: 1})),
    await queue.add(newJob('download', 'a', {parent: 'p'})),
    await queue.add(newJob('remove', 'c')),
  ]
}

export function describeLooking(test: QueueUnderTest): void {
  describe('lists and counts', () => {
    it.each<[JobQuery, number[]]>([
      [{}, [1, 0, 2, 3]],
      [{order: 'newest'}, [3, 2, 1, 0]],
      [{order: 'newest', limit: 2}, [3, 2]],
      [{limit: 1}, [1]],
      [{limit: 0}, []],
      [{kinds: ['update']}, [1, 0]],
      [{kinds: ['update', 'remove'], bank: 'c'}, [3]],
      [{kinds: []}, []],
      [{bank: 'a'}, [0, 2]],
      [{parent: 'p'}, [2]],
      [{states: ['queued'], bank: 'b'}, [1]],
      [{states: ['running', 'done']}, []],
    ])('of %j are those that fit, in order', async (query, expected) => {
      const ids = (await someJobs(test.queue)).map(({id}) => id)
      const listed = (await (await test.another()).list(query)).map(({id}) => ids.indexOf(id))
      expect(listed).toEqual(expected)
    })

    it('count what lists would show', async () => {
      await someJobs(test.queue)
      await taken(test.queue, 'w')
      expect(await test.queue.count({})).toBe(4)
      expect(await test.queue.count({states: ['queued']})).toBe(3)
      expect(await test.queue.count({states: ['queued'], kinds: ['update', 'download']})).toBe(2)
      expect(await test.queue.count({states: ['running'], bank: 'b'})).toBe(1)
      expect(await test.queue.count({bank: 'none'})).toBe(0)
      expect(await test.queue.count({states: []})).toBe(0)
    })
  })

  describe('forgetting', () => {
    it('takes jobs that ended long ago, and no others', async () => {
      const ids: string[] = []
      for (let i = 0; i < 4; i++) ids.push((await test.queue.add(newJob('release', `b${i}`))).id)
      for (let i = 0; i < 3; i++) {
        const {id} = await taken(test.queue, 'w')
        if (i < 2) await test.queue.finish({id, worker: 'w', state: 'done'})
        test.advance(1000)
      }
      expect(await (await test.another()).prune(test.nowMs() - 2000)).toBe(1)
      expect(await test.queue.prune(test.nowMs() - 2000)).toBe(0)
      expect((await test.queue.list({})).map(({id}) => ids.indexOf(id))).toEqual([1, 2, 3])
    })

    it('leaves children to a job that has not ended yet', async () => {
      const parent = await test.queue.add(newJob('update', 'alu'))
      await taken(test.queue, 'w')
      const child = await test.queue.add(newJob('download', 'alu', {parent: parent.id}))
      await taken(test.queue, 'd')
      await test.queue.finish({id: child.id, worker: 'd', state: 'done', result: 1})
      test.advance(10)
      expect(await test.queue.prune(test.nowMs())).toBe(0)
      await test.queue.finish({id: parent.id, worker: 'w', state: 'done'})
      test.advance(10)
      expect(await test.queue.prune(test.nowMs())).toBe(2)
    })
  })

  describe('watching', () => {
    it('tells of each change, in this process and in others, until it is stopped', async () => {
      const other = await test.another()
      const here: unknown[] = []
      const there: unknown[] = []
      const stopped: unknown[] = []
      const stops = [
        test.queue.watch(change => here.push(change)),
        other.watch(change => there.push(change)),
        other.watch(change => stopped.push(change)),
      ]
      stops[2]?.()
      const {id} = await test.queue.add(newJob('update', 'alu'))
      const change = {id, kind: 'update', state: 'queued', cancelRequested: false}
      await vi.waitFor(() => expect([here, there]).toEqual([[change], [change]]), {timeout: 5000})
      await taken(other, 'w')
      const running = {...change, state: 'running'}
      await vi.waitFor(() => expect([here.at(-1), there.at(-1)]).toEqual([running, running]), {timeout: 5000})
      await test.queue.cancel(id, 'bob')
      const asked = {...running, cancelRequested: true}
      await vi.waitFor(() => expect([here.at(-1), there.at(-1)]).toEqual([asked, asked]), {timeout: 5000})
      stops[0]?.()
      await test.queue.finish({id, worker: 'w', state: 'cancelled'})
      const ended = {...asked, state: 'cancelled'}
      await vi.waitFor(() => expect(there.at(-1)).toEqual(ended), {timeout: 5000})
      expect(here.at(-1)).toEqual(asked)
      expect(stopped).toEqual([])
      stops[1]?.()
    })

    it('tells of a job that comes free because its worker died', async () => {
      const {id} = await test.queue.add(newJob('download', 'alu'))
      await taken(test.queue, 'dead')
      const states: string[] = []
      const stop = (await test.another()).watch(change => states.push(`${change.id} ${change.state}`))
      await test.queue.expire(() => true)
      await vi.waitFor(() => expect(states).toContain(`${id} queued`), {timeout: 5000})
      stop()
    })
  })
}
