import type {Queue} from '../../../src/cluster/queue/queue.js'

/** What the conformance suite wants of whoever has written an implementation of `Queue`. */
export interface QueueAdapter {
  name: string
  /** Whether several connections, as of several processes, can be made to one storage. */
  shared: boolean
  /** A new, empty storage. */
  create(options: {nowMs: () => number}): Promise<{
    /** A connection of its own each time when `shared`; called once otherwise. */
    connect(): Promise<Queue>
    /** After all connections have been closed. */
    dispose(): Promise<void>
  }>
}
