import type {ReleaseFile, TransferProgress} from '../../model/bank.js'
import type {RemoteSource} from '../ports.js'
import type {UpdateRun} from './update-run.js'

/** Files of a release, by the place that they come from. */
export interface Listed {
  source: RemoteSource
  files: ReleaseFile[]
}

export interface Missing {
  missing: readonly Listed[]
  all: readonly ReleaseFile[]
  /** Those that need not be fetched. */
  present: ReadonlySet<ReleaseFile>
}

/** Has the missing files fetched into the offline directory, from several places at a time. */
export async function fetchMissing(run: UpdateRun, {missing, all, present}: Missing): Promise<void> {
  const progress = new Progress(run, {
    filesDone: present.size,
    filesTotal: all.length,
    bytesDone: bytesOf(present) ?? 0,
    bytesTotal: bytesOf(all),
  })
  await run.tellProgress()
  if (missing.length === 0) return
  run.log.info('Workflow:wf_download:Download:Threads:Start')
  const threads = threadsOf(run.properties.get('files.num.threads', '4'))
  const parallel = Math.min(threads, missing.length)
  const stop = new AbortController()
  const queue = [...missing]
  const signal = AbortSignal.any([run.signal, stop.signal])
  const work = async () => {
    try {
      for (let next = queue.shift(); next; next = queue.shift()) {
        await fetchOne(run, next, {threads: Math.max(1, Math.floor(threads / parallel)), signal, progress})
      }
    } catch (error) {
      queue.length = 0
      stop.abort(error)
      throw error
    }
  }
  await Promise.allSettled(Array.from({length: parallel}, work))
  run.signal.throwIfAborted()
  if (stop.signal.aborted) {
    run.log.error('An error occured during download')
    throw stop.signal.reason
  }
  run.log.info('Workflow:wf_download:Download:Threads:Over')
}

async function fetchOne(
  run: UpdateRun,
  {source, files}: Listed,
  {threads, signal, progress}: {threads: number; signal: AbortSignal; progress: Progress},
): Promise<void> {
  const {bank, session, layout, parts} = run
  const request = {bank, session: session.id, remote: source, files, targetDirectory: layout.offlineDirectory}
  const fetched = await parts.downloads.fetch(request, {
    threads,
    signal,
    onProgress: ({filesDone, bytesDone}) => progress.tell(source, {filesDone, bytesDone}),
  })
  const bytesDone = bytesOf(fetched)
  progress.tell(source, {filesDone: files.length, ...(bytesDone === null ? {} : {bytesDone})})
}

/** Adds up what comes from several places. */
class Progress {
  readonly #run: UpdateRun
  readonly #begin: TransferProgress
  readonly #parts = new Map<RemoteSource, {filesDone: number; bytesDone: number}>()

  constructor(run: UpdateRun, begin: TransferProgress) {
    this.#run = run
    this.#begin = begin
    run.status.progress = begin
  }

  tell(source: RemoteSource, change: {filesDone: number; bytesDone?: number}): void {
    this.#parts.set(source, {...(this.#parts.get(source) ?? {filesDone: 0, bytesDone: 0}), ...change})
    const progress = {...this.#begin}
    for (const {filesDone, bytesDone} of this.#parts.values()) {
      progress.filesDone += filesDone
      progress.bytesDone += bytesDone
    }
    this.#run.status.progress = progress
    this.#run.tellProgressSoon()
  }
}

/** Null when the size of one is not known. */
function bytesOf(files: Iterable<ReleaseFile>): number | null {
  let bytes = 0
  for (const {size} of files) {
    if (size === null) return null
    bytes += size
  }
  return bytes
}

function threadsOf(value: string): number {
  const threads = Number.parseInt(value, 10)
  return Number.isInteger(threads) && threads > 0 ? Math.min(threads, 64) : 4
}
