import {afterEach, beforeEach, describe} from 'vitest'
import type {Store} from '../../../src/cluster/store/store.js'
import type {StoreAdapter} from './adapter.js'
import {describeBankLists} from './conformance/bank-lists.js'
import {describeBanks} from './conformance/banks.js'
import {describeEvents} from './conformance/events.js'
import {describeProgress} from './conformance/progress.js'
import {describeRecords} from './conformance/records.js'
import {describeUsers} from './conformance/users.js'

/** What a group of tests works with: one connection, a way to get others, and the time. */
export interface StoreUnderTest {
  readonly store: Store
  readonly shared: boolean
  /** Another connection to the same storage, as another process has it; the same one where there is but one. */
  another(): Promise<Store>
  /** Closes a connection before its time. */
  close(store: Store): Promise<void>
  advance(ms: number): void
  nowMs(): number
}

/** Of the smallest storages that forget: so that few events are enough to see it. */
export const keptEventsOfTests = 40

/** Everything that services may rely on. An adapter that passes can replace any other. */
export function describeStore(adapter: StoreAdapter): void {
  describe(`store: ${adapter.name}`, () => {
    let storage: Awaited<ReturnType<StoreAdapter['create']>>
    let store: Store
    let open: Set<Store>
    let nowMs: number

    const connect = async (): Promise<Store> => {
      const connection = await storage.connect()
      open.add(connection)
      return connection
    }
    const close = async (connection: Store): Promise<void> => {
      if (open.delete(connection)) await connection.close()
    }

    beforeEach(async () => {
      nowMs = 1_790_000_000_000
      open = new Set()
      storage = await adapter.create({nowMs: () => nowMs, keptEvents: keptEventsOfTests})
      store = await connect()
    })
    afterEach(async () => {
      for (const connection of open) await close(connection)
      await storage.dispose()
    })

    const underTest: StoreUnderTest = {
      get store() {
        return store
      },
      shared: adapter.shared,
      another: () => (adapter.shared ? connect() : Promise.resolve(store)),
      close,
      advance: ms => {
        nowMs += ms
      },
      nowMs: () => nowMs,
    }
    describeBanks(underTest)
    describeBankLists(underTest)
    describeProgress(underTest)
    describeRecords(underTest)
    describeUsers(underTest)
    describeEvents(underTest)
  })
}
