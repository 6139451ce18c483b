import type {Store} from '../../../src/cluster/store/store.js'

/** What the conformance suite wants of whoever has written an implementation of `Store`. */
export interface StoreAdapter {
  name: string
  /** Whether several connections, as of several processes, can be made to one storage. */
  shared: boolean
  /** A new, empty storage. */
  create(options: {nowMs: () => number; keptEvents: number}): Promise<{
    /** A connection of its own each time when `shared`; called once otherwise. */
    connect(): Promise<Store>
    /** After all connections have been closed. */
    dispose(): Promise<void>
  }>
}
