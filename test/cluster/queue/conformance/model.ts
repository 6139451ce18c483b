import * as fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import type {Job, JobKind, Queue} from '../../../../src/cluster/queue/queue.js'
import type {QueueUnderTest} from '../conformance.js'
import {newJob} from '../jobs-of-tests.js'
import {NaiveQueue} from './naive-queue.js'
import type {NaiveJob} from './naive-queue.js'

const leaseMs = 1000
const worker = fc.constantFrom('w1', 'w2', 'w3')
const which = fc.nat(30)
const kind = fc.constantFrom<JobKind>('update', 'update', 'remove', 'repair', 'download', 'process')
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('add' as const),
      kind,
      bank: fc.constantFrom('a', 'b', 'c'),
      parent: fc.option(which, {freq: 2}),
      priority: fc.constantFrom(0, 0, 1, -1),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('take' as const),
      kinds: fc.constantFrom<JobKind[]>(
        ['update', 'remove', 'repair'],
        ['download'],
        ['process', 'download', 'update'],
      ),
      worker,
    }),
  },
  {weight: 2, arbitrary: fc.record({does: fc.constant('renew' as const), which, worker})},
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('finish' as const),
      which,
      worker,
      state: fc.constantFrom('done' as const, 'failed' as const, 'cancelled' as const),
    }),
  },
  {weight: 1, arbitrary: fc.record({does: fc.constant('release' as const), which, worker})},
  {weight: 1, arbitrary: fc.record({does: fc.constant('cancel' as const), which})},
  {weight: 1, arbitrary: fc.record({does: fc.constant('expire' as const), worker})},
  {weight: 2, arbitrary: fc.record({does: fc.constant('advance' as const), ms: fc.constantFrom(1, 400, 1000)})},
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Does the same with a queue and the model, and gives what both said. */
class SideBySide {
  readonly model = new NaiveQueue()
  /** By the model's numbers. */
  readonly #ids: string[] = []
  readonly #advance: (ms: number) => void

  constructor(advance: (ms: number) => void) {
    this.#advance = advance
  }

  async do(queue: Queue, step: Step): Promise<{said: unknown; expected: unknown}> {
    const {model} = this
    switch (step.does) {
      case 'add': {
        const parent = step.parent === null || step.parent >= this.#ids.length ? null : step.parent
        const job = await queue.add(
          newJob(step.kind, step.bank, {
            priority: step.priority,
            parent: parent === null ? undefined : this.#ids[parent],
          }),
        )
        this.#ids.push(job.id)
        return {said: this.#ids.length - 1, expected: model.add({...step, parent})}
      }
      case 'take': {
        const job = await queue.take({kinds: step.kinds, worker: step.worker, leaseMs})
        return {said: job && this.#ids.indexOf(job.id), expected: model.take(step.kinds, step.worker, leaseMs)}
      }
      case 'renew': {
        const said = await queue.renew({id: this.#id(step.which), worker: step.worker, leaseMs})
        return {said, expected: model.renew(step.which, step.worker, leaseMs)}
      }
      case 'finish': {
        const said = await queue.finish({id: this.#id(step.which), worker: step.worker, state: step.state})
        return {said, expected: model.finish(step.which, step.worker, step.state)}
      }
      case 'release': {
        const said = await queue.release({id: this.#id(step.which), worker: step.worker})
        return {said, expected: model.release(step.which, step.worker)}
      }
      case 'cancel': {
        return {said: await queue.cancel(this.#id(step.which), 'bob'), expected: model.cancel(step.which)}
      }
      case 'expire': {
        const isDead = (worker: string): boolean => worker === step.worker
        return {said: await queue.expire(isDead), expected: model.expire(isDead)}
      }
      default: {
        this.#advance(step.ms)
        model.nowMs += step.ms
        return {said: null, expected: null}
      }
    }
  }

  #id(which: number): string {
    return this.#ids[which] ?? 'unknown'
  }
}

function asTold({kind, bank, state, worker, attempts, cancelRequestedBy}: Job): unknown {
  return {kind, bank, state, worker: state === 'running' ? worker : null, attempts, asked: cancelRequestedBy !== null}
}

function asModelled({kind, bank, state, worker, attempts, cancelRequested}: NaiveJob): unknown {
  return {kind, bank, state, worker: state === 'running' ? worker : null, attempts, asked: cancelRequested}
}

export function describeModel(test: QueueUnderTest): void {
  describe('whatever happens', () => {
    it('does what a list that is searched from end to end would do: nothing is lost, held twice or out of order', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(fc.nat(1), step), {maxLength: 60}), async steps => {
          const storage = await test.fresh()
          try {
            const both = new SideBySide(ms => test.advance(ms))
            for (const [at, step] of steps) {
              const {said, expected} = await both.do(storage.queues[at === 0 ? 0 : 1], step)
              expect({[step.does]: said}).toEqual({[step.does]: expected})
            }
            const jobs = (await storage.queues[0].list({order: 'newest'})).toReversed()
            expect(jobs.map(job => asTold(job))).toEqual(both.model.jobs.map(job => asModelled(job)))
          } finally {
            await storage.dispose()
          }
        }),
        {numRuns: 100},
      )
    })

    it('many workers at the same time do each job once, and never two of a bank', async () => {
      const queues = [test.queue, await test.another(), await test.another()]
      const banks = ['a', 'b', 'c', 'd', 'e']
      for (let i = 0; i < 60; i++) await test.queue.add(newJob('update', banks[i % 5] ?? 'a'))
      const done: string[] = []
      const busy = new Set<string>()
      const orders = new Map(banks.map(bank => [bank, [] as string[]]))
      let clashes = 0
      const work = async (queue: Queue, worker: string): Promise<void> => {
        while (done.length < 60) {
          const job = await queue.take({kinds: ['update'], worker, leaseMs: 60_000})
          if (job === undefined) {
            await queue.count({})
            continue
          }
          if (busy.has(job.bank)) clashes++
          busy.add(job.bank)
          orders.get(job.bank)?.push(job.id)
          await queue.renew({id: job.id, worker, leaseMs: 60_000})
          busy.delete(job.bank)
          if (await queue.finish({id: job.id, worker, state: 'done'})) done.push(job.id)
        }
      }
      await Promise.all(queues.flatMap((queue, at) => [1, 2, 3].map(i => work(queue, `w${at}.${i}`))))
      expect(clashes).toBe(0)
      expect(new Set(done).size).toBe(60)
      for (const ids of orders.values()) expect(ids).toEqual(ids.toSorted((a, b) => (a < b ? -1 : 1)))
    })
  })
}
