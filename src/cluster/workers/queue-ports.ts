import type {DownloadRequest, Downloads, Processes} from '../engine/ports.js'
import type {ReleaseFile, TransferProgress} from '../model/bank.js'
import type {Queue} from '../queue/queue.js'
import {type Batch, batchesOf} from './batches.js'
import {ChildJobs, type Parent} from './child-jobs.js'
import {downloadResultOf, processResultOf} from './results.js'

/** What a run of the engine hands on to other workers, as children of its own job. */
export interface Handover {
  queue: Queue
  parent: Parent
}

/** Has files fetched by download workers. No more than `threads` jobs of one call are in the queue at a time. */
export function queueDownloads(handover: Handover): Downloads {
  return {
    fetch: async (request, {threads, signal, onProgress}) => {
      const children = new ChildJobs(handover)
      try {
        return await new Fetch({request, children, onProgress}).run({threads, signal})
      } finally {
        children.close()
      }
    },
  }
}

/** Has processes run by process workers, one job each. */
export function queueProcesses(handover: Handover): Processes {
  return {
    run: async (request, {signal}) => {
      const children = new ChildJobs(handover)
      try {
        return processResultOf(await children.run('process', request, {signal}))
      } finally {
        children.close()
      }
    },
  }
}

interface FetchOptions {
  request: DownloadRequest
  children: ChildJobs
  onProgress: (progress: TransferProgress) => void
}

class Fetch {
  readonly #options: FetchOptions
  readonly #fetched: ReleaseFile[] = []
  /** Of the batches that are on their way. */
  readonly #underWay = new Map<Batch, TransferProgress>()
  readonly #total: Pick<TransferProgress, 'filesTotal' | 'bytesTotal'>
  #filesDone = 0
  #bytesDone = 0

  constructor(options: FetchOptions) {
    const {files} = options.request
    this.#options = options
    this.#total = {filesTotal: files.length, bytesTotal: sizeOf(files)}
  }

  async run({threads, signal}: {threads: number; signal: AbortSignal}): Promise<ReleaseFile[]> {
    const stop = new AbortController()
    const anySignal = AbortSignal.any([signal, stop.signal])
    const batches = batchesOf(this.#options.request.files, threads).values()
    const thread = async () => {
      try {
        for (const batch of batches) await this.#fetch(batch, anySignal)
      } catch (error) {
        // The others are stopped, and waited for: they write into the same folder.
        stop.abort(error)
        throw error
      }
    }
    this.#tell()
    const ends = await Promise.allSettled(Array.from({length: Math.max(1, threads)}, thread))
    signal.throwIfAborted()
    if (ends.some(({status}) => status === 'rejected')) throw stop.signal.reason
    return this.#fetched
  }

  async #fetch(batch: Batch, signal: AbortSignal): Promise<void> {
    const {request, children} = this.#options
    const payload: DownloadRequest = {...request, files: batch.map(({file}) => file)}
    const job = await children.run('download', payload, {
      signal,
      onProgress: progress => {
        this.#underWay.set(batch, progress)
        this.#tell()
      },
    })
    const {files} = downloadResultOf(job)
    for (const [n, {file, index}] of batch.entries()) this.#fetched[index] = files[n] ?? file
    this.#underWay.delete(batch)
    this.#filesDone += batch.length
    this.#bytesDone += sizeOf(files) ?? job.progress?.bytesDone ?? 0
    this.#tell()
  }

  #tell(): void {
    const parts = [...this.#underWay.values()]
    this.#options.onProgress({
      ...this.#total,
      filesDone: this.#filesDone + parts.reduce((sum, {filesDone}) => sum + filesDone, 0),
      bytesDone: this.#bytesDone + parts.reduce((sum, {bytesDone}) => sum + bytesDone, 0),
    })
  }
}

function sizeOf(files: readonly ReleaseFile[]): number | null {
  let bytes = 0
  for (const {size} of files) {
    if (size === null) return null
    bytes += size
  }
  return bytes
}
