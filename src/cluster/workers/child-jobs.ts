import type {TransferProgress} from '../model/bank.js'
import type {Job, JobKind, JobPayloads, Queue} from '../queue/queue.js'
import {Bell} from './bell.js'

/** How often progress is asked for; ends are told at once. */
const pollMs = 500

export type Parent = Pick<Job, 'id' | 'bank' | 'user' | 'correlationId' | 'priority'>

/** Jobs that a running job hands on and waits for. To be closed when none is wanted any more. */
export class ChildJobs {
  readonly #queue: Queue
  readonly #parent: Parent
  readonly #bell = new Bell()
  readonly #ids = new Set<string>()
  readonly #unwatch: () => void

  constructor({queue, parent}: {queue: Queue; parent: Parent}) {
    this.#queue = queue
    this.#parent = parent
    this.#unwatch = queue.watch(({id}) => {
      if (this.#ids.has(id)) this.#bell.ring()
    })
  }

  close(): void {
    this.#unwatch()
  }

  /**
   * Adds a job and waits until it has ended, however it ends. When the signal is aborted the job is cancelled, and the
   * signal's reason is thrown after nobody works on it any more.
   */
  async run<Kind extends JobKind>(
    kind: Kind,
    payload: JobPayloads[Kind],
    {signal, onProgress}: {signal: AbortSignal; onProgress?: (progress: TransferProgress) => void},
  ): Promise<Job> {
    signal.throwIfAborted()
    const {id: parent, bank, user, correlationId, priority} = this.#parent
    const {id} = await this.#queue.add({kind, bank, payload, user, correlationId, parent, priority})
    this.#ids.add(id)
    try {
      return await this.#ended(id, {signal, onProgress})
    } catch (error) {
      await endJob(this.#queue, id, this.#bell)
      throw error
    } finally {
      this.#ids.delete(id)
    }
  }

  /** Ends what an earlier attempt at the parent has left. Nobody works on it afterwards. */
  async endLeftovers(): Promise<void> {
    const left = await this.#queue.list({parent: this.#parent.id, states: ['queued', 'running']})
    for (const {id} of left) this.#ids.add(id)
    await Promise.all(left.map(async ({id}) => endJob(this.#queue, id, this.#bell)))
    this.#ids.clear()
  }

  async #ended(
    id: string,
    {signal, onProgress}: {signal: AbortSignal; onProgress?: ((progress: TransferProgress) => void) | undefined},
  ): Promise<Job> {
    for (;;) {
      const {count} = this.#bell
      const job = await this.#queue.get(id)
      if (!job) throw new Error(`the job ${id} has been forgotten while somebody waits for it`)
      if (hasEnded(job)) return job
      if (job.progress) onProgress?.(job.progress)
      await this.#bell.wait({count, longestMs: pollMs, signal})
    }
  }
}

/** Cancels a job and waits until nobody works on it. */
async function endJob(queue: Queue, id: string, bell: Bell): Promise<void> {
  await queue.cancel(id, 'biomaj')
  for (;;) {
    const {count} = bell
    const job = await queue.get(id)
    if (!job || hasEnded(job)) return
    await bell.wait({count, longestMs: pollMs})
  }
}

export function hasEnded({state}: Job): boolean {
  return state === 'done' || state === 'failed' || state === 'cancelled'
}
