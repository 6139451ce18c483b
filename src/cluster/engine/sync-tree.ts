import {open, readdir} from 'node:fs/promises'
import path from 'node:path'
import {codeOf, diskError} from './remotes/remote-error.js'

/** The system writes what several ask for at a time with one flush of the disk's own cache. */
const parallel = 16
/** Gone meanwhile, not ours to read, or on a file system without such. */
const passedOver = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'EINVAL', 'ENOTSUP', 'EISDIR', 'EROFS'])

/**
 * Waits until all files and folders below a folder are on the disk, with their names, and those of the folders between
 * it and `root`. Links are not followed. Files that the process may not read are left to the system. Does nothing when
 * there is no such folder.
 *
 * @throws {RemoteError} `server_error` when the disk does not take them
 */
export async function syncTree(folder: string, {root, signal}: {root: string; signal?: AbortSignal}): Promise<void> {
  const folders: string[] = []
  const files = filesBelow(folder, folders)
  const work = async () => {
    for await (const file of files) {
      signal?.throwIfAborted()
      await syncPlace(file)
    }
  }
  await Promise.all(Array.from({length: parallel}, work))
  for (let above = folder; above !== root && path.dirname(above) !== above; ) {
    above = path.dirname(above)
    folders.push(above)
  }
  for (const place of folders) await syncPlace(place)
}

/** Notes the folders on the way. */
async function* filesBelow(folder: string, folders: string[]): AsyncGenerator<string, void> {
  const pending = [folder]
  for (let place = pending.pop(); place !== undefined; place = pending.pop()) {
    folders.push(place)
    for (const entry of await entriesOf(place)) {
      const below = path.join(place, entry.name)
      if (entry.isDirectory()) pending.push(below)
      else if (entry.isFile()) yield below
    }
  }
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, {withFileTypes: true})
  } catch (error) {
    if (passedOver.has(codeOf(error) ?? '')) return []
    throw error
  }
}

/** Brings a file, or the names in a folder, to the disk. */
export async function syncPlace(place: string): Promise<void> {
  try {
    const handle = await open(place, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (passedOver.has(codeOf(error) ?? '')) return
    throw diskError(error, place) ?? error
  }
}
