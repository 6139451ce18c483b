import {constants} from 'node:fs'
import {type FileHandle, open, realpath} from 'node:fs/promises'
import path from 'node:path'

/** An entry of a release, held open so that it stays what it was when it was looked at. */
export interface OpenedEntry {
  handle: FileHandle
  kind: 'file' | 'directory'
  /** Where it really is, links resolved. */
  location: string
  sizeBytes: number
  modifiedMs: number
  /** Changes whenever the content may have. */
  version: string
}

/**
 * Opens what is at a path of a release, or nothing when there is nothing, when links lead out of the release, or when it
 * is neither file nor folder.
 *
 * @param segments names, decoded; they must be names and no more
 */
export async function openInside(directory: string, segments: readonly string[]): Promise<OpenedEntry | undefined> {
  if (segments.some(segment => !isName(segment))) return undefined
  let handle: FileHandle | undefined
  try {
    const root = await realpath(directory)
    const location = await realpath(path.join(root, ...segments))
    if (!isInside(root, location)) return undefined
    // Without O_NONBLOCK a named pipe would keep us until somebody writes into it.
    handle = await open(location, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const entry = await entryOf(handle, location)
    // Links may have been changed between the two steps.
    if (entry && isInside(root, await realpath(location))) {
      handle = undefined
      return entry
    }
    return undefined
  } catch (error) {
    if (isAbsence(error)) return undefined
    throw error
  } finally {
    await handle?.close()
  }
}

async function entryOf(handle: FileHandle, location: string): Promise<OpenedEntry | undefined> {
  const stats = await handle.stat({bigint: true})
  if (!stats.isFile() && !stats.isDirectory()) return undefined
  return {
    handle,
    location,
    kind: stats.isFile() ? 'file' : 'directory',
    sizeBytes: Number(stats.size),
    modifiedMs: Number(stats.mtimeMs),
    version: [stats.size, stats.mtimeNs, stats.ino].map(part => part.toString(36)).join('-'),
  }
}

export function isName(segment: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  // oxlint-disable-next-line no-control-regex
  return segment !== '' && segment !== '.' && segment !== '..' && !/[/\\\u0000-\u001F]/.test(segment)
}

export function isInside(root: string, location: string): boolean {
  return location === root || location.startsWith(root.endsWith(path.sep) ? root : `${root}${path.sep}`)
}

function isAbsence(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return (
    code !== undefined &&
    ['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES', 'EPERM', 'ENAMETOOLONG', 'ENXIO', 'EINVAL'].includes(code)
  )
}
