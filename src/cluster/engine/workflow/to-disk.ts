import type {Run} from './run.js'

/**
 * Brings the release to the disk. To be called before the store says of a part of it that it is made: the store's own
 * writes survive a loss of power, and what it says has to be true then.
 */
export async function releaseToDisk(run: Run): Promise<void> {
  const {session, parts, layout, signal} = run
  if (session.action !== 'update' || session.productionDirectory === null) return
  await parts.syncTree(run.releaseDirectory, {root: layout.dataDirectory, signal})
}
