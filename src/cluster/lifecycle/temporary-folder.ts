import {mkdtempSync, readlinkSync, rmSync, statfsSync, symlinkSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'

const prefix = 'biomaj-memory-'
const sharedMemory = '/dev/shm'
/** A container's default is 64 MiB, which a busy database could fill. */
const roomBytes = 256 * 1024 ** 2

/**
 * A data directory for a cluster of which nothing stays. Its database is in the system's memory where there is room,
 * behind a link, so that other commands find it where they find any other.
 */
function makeTemporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), prefix))
  if (hasRoom()) {
    const memory = mkdtempSync(path.join(sharedMemory, prefix))
    symlinkSync(path.join(memory, 'cluster.sqlite'), path.join(folder, 'cluster.sqlite'))
  }
  return folder
}

/** What `make` gives for a new folder; when it fails, or the process ends meanwhile, the folder is gone again. */
export async function inTemporaryFolder<Result>(make: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = makeTemporaryFolder()
  const remove = () => removeTemporaryFolder(folder)
  process.on('exit', remove)
  try {
    return await make(folder)
  } catch (error) {
    remove()
    throw error
  } finally {
    process.off('exit', remove)
  }
}

/** Removes a folder that `makeTemporaryFolder` made, and nothing else. */
export function removeTemporaryFolder(folder: string): void {
  if (!path.basename(folder).startsWith(prefix)) return
  const memory = memoryOf(folder)
  if (memory !== undefined) rmSync(memory, {recursive: true, force: true})
  rmSync(folder, {recursive: true, force: true, maxRetries: 3})
}

function memoryOf(folder: string): string | undefined {
  try {
    const memory = path.dirname(readlinkSync(path.join(folder, 'cluster.sqlite')))
    return path.dirname(memory) === sharedMemory && path.basename(memory).startsWith(prefix) ? memory : undefined
  } catch {
    // No link: its database is in the folder itself.
    return undefined
  }
}

function hasRoom(): boolean {
  try {
    const {bavail, bsize} = statfsSync(sharedMemory)
    return bavail * bsize >= roomBytes
  } catch {
    // Not on this system.
    return false
  }
}
