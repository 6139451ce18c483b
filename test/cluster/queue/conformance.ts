import {afterEach, beforeEach, describe} from 'vitest'
import type {Queue} from '../../../src/cluster/queue/queue.js'
import type {QueueAdapter} from './adapter.js'
import {describeCancel} from './conformance/cancel.js'
import {describeHandingOut} from './conformance/handing-out.js'
import {describeLeases} from './conformance/leases.js'
import {describeLooking} from './conformance/looking.js'
import {describeModel} from './conformance/model.js'

/** What a group of tests works with: one connection, a way to get others, and the time. */
export interface QueueUnderTest {
  readonly queue: Queue
  readonly shared: boolean
  /** Another connection to the same storage, as another process has it; the same one where there is but one. */
  another(): Promise<Queue>
  advance(ms: number): void
  nowMs(): number
  /** A storage of its own, for tests that need many. */
  fresh(): Promise<{queues: [Queue, Queue]; dispose(): Promise<void>}>
}

/** Everything that services may rely on. An adapter that passes can replace any other. */
export function describeQueue(adapter: QueueAdapter): void {
  describe(`queue: ${adapter.name}`, () => {
    let storage: Awaited<ReturnType<QueueAdapter['create']>>
    let queue: Queue
    let open: Queue[]
    let nowMs: number

    const connect = async (): Promise<Queue> => {
      const connection = await storage.connect()
      open.push(connection)
      return connection
    }
    beforeEach(async () => {
      nowMs = 1_790_000_000_000
      open = []
      storage = await adapter.create({nowMs: () => nowMs})
      queue = await connect()
    })
    afterEach(async () => {
      for (const connection of open) await connection.close()
      await storage.dispose()
    })

    const underTest: QueueUnderTest = {
      get queue() {
        return queue
      },
      shared: adapter.shared,
      another: () => (adapter.shared ? connect() : Promise.resolve(queue)),
      advance: ms => {
        nowMs += ms
      },
      nowMs: () => nowMs,
      fresh: async () => {
        const own = await adapter.create({nowMs: () => nowMs})
        const one = await own.connect()
        const other = adapter.shared ? await own.connect() : one
        return {
          queues: [one, other],
          dispose: async () => {
            await one.close()
            if (other !== one) await other.close()
            await own.dispose()
          },
        }
      },
    }
    describeHandingOut(underTest)
    describeLeases(underTest)
    describeCancel(underTest)
    describeLooking(underTest)
    describeModel(underTest)
  })
}
