import type {ReleaseFile} from '../model/bank.js'

/** Whatever the number of files, a batch is told to the queue in one piece. */
const mostFiles = 500
const mostBytes = 256 * 1024 * 1024
/** Files of a batch share a connection; a file of this size gains nothing by it. */
const largeBytes = 16 * 1024 * 1024
/** So that a thread that is done early finds something else to do. */
const batchesPerThread = 4

/** Files that are fetched together, with the place that each has in the request. */
export type Batch = Array<{file: ReleaseFile; index: number}>

/**
 * Deals files into batches, in their order: small ones together, large ones alone. There are about four batches for each
 * thread, or more where files are many or large.
 */
export function batchesOf(files: readonly ReleaseFile[], threads: number): Batch[] {
  const small = files.filter(({size}) => (size ?? 0) < largeBytes)
  const smallBytes = small.reduce((sum, {size}) => sum + (size ?? 0), 0)
  const parts = Math.max(1, threads) * batchesPerThread
  const fileLimit = Math.min(mostFiles, Math.ceil(small.length / parts))
  const byteLimit = Math.min(mostBytes, Math.ceil(smallBytes / parts))
  const batches: Batch[] = []
  let open: Batch = []
  let openBytes = 0
  for (const [index, file] of files.entries()) {
    const size = file.size ?? 0
    if (size >= largeBytes) {
      batches.push([{file, index}])
      continue
    }
    open.push({file, index})
    openBytes += size
    if (open.length < fileLimit && openBytes < byteLimit) continue
    batches.push(open)
    open = []
    openBytes = 0
  }
  if (open.length > 0) batches.push(open)
  return batches
}
