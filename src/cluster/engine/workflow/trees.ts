import {constants} from 'node:fs'
import {
  copyFile,
  link,
  lstat,
  mkdir,
  readdir,
  readlink,
  rename,
  rm,
  rmdir,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import path from 'node:path'

/** A regular file, or a link, found below a folder. */
export interface TreeFile {
  /** Relative to the folder, with slashes. */
  name: string
  size: number
  modifiedMs: number
}

/** All files below a folder, in the order of their names; none when there is no such folder. Links are not followed. */
export async function filesBelow(folder: string, signal?: AbortSignal): Promise<TreeFile[]> {
  const found: TreeFile[] = []
  const pending = ['']
  for (let below = pending.pop(); below !== undefined; below = pending.pop()) {
    signal?.throwIfAborted()
    for (const entry of await entriesOf(path.join(folder, below))) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isDirectory()) pending.push(name)
      else {
        const {size, mtimeMs} = await lstat(path.join(folder, name))
        found.push({name, size, modifiedMs: mtimeMs})
      }
    }
  }
  return found.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** Bytes of all files below a folder. */
export async function sizeOf(folder: string, signal?: AbortSignal): Promise<number> {
  const files = await filesBelow(folder, signal)
  return files.reduce((sum, {size}) => sum + size, 0)
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, {withFileTypes: true})
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}

/** Moves a file or folder; across file systems it is copied first, and is never seen half at its place. */
export async function moveTo(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), {recursive: true})
  try {
    await rename(from, to)
  } catch (error) {
    if (!hasCode(error, 'EXDEV')) throw error
    const half = path.join(path.dirname(to), `.${path.basename(to)}.moving`)
    await rm(half, {recursive: true, force: true})
    await copyTree(from, half)
    await rename(half, to)
    await rm(from, {recursive: true})
  }
}

/** Copies with the times; links stay links. */
async function copyTree(from: string, to: string): Promise<void> {
  const stats = await lstat(from)
  if (stats.isSymbolicLink()) return symlink(await readlink(from), to)
  if (stats.isDirectory()) {
    await mkdir(to)
    for (const {name} of await entriesOf(from)) await copyTree(path.join(from, name), path.join(to, name))
  } else await copyFile(from, to, constants.COPYFILE_FICLONE)
  return utimes(to, stats.atime, stats.mtime)
}

/** Copies a file with its times, or links it where that is asked for and possible; complete, or not there at all. */
export async function copyOrLink(from: string, to: string, {hardLink}: {hardLink: boolean}): Promise<void> {
  await mkdir(path.dirname(to), {recursive: true})
  const half = path.join(path.dirname(to), `.${path.basename(to)}.copying`)
  await rm(half, {force: true})
  if (!(hardLink && (await linked(from, half)))) await copyTree(from, half)
  await rename(half, to)
  // Renaming a second name of a file over the first one does nothing, and leaves both.
  await rm(half, {force: true})
}

/** Whether a file is what `copyOrLink` left when it was killed. */
export function isHalfCopy(name: string): boolean {
  return /(^|\/)\.[^/]+\.copying$/.test(name)
}

const withoutHardLinks = new Set(['EXDEV', 'EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'])

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && withoutHardLinks.has(String(error.code))) return false
    throw error
  }
}

/** Puts a link in the place of whatever link is there, in one step: nobody finds none. */
export async function placeLink(target: string, place: string): Promise<void> {
  const prepared = await prepareLink(target, place)
  await rename(prepared, place)
}

/** The new link beside its place, so that only a rename is left to do. */
export async function prepareLink(target: string, place: string): Promise<string> {
  const prepared = path.join(path.dirname(place), `.${path.basename(place)}.new`)
  await mkdir(path.dirname(place), {recursive: true})
  await rm(prepared, {force: true})
  await symlink(target, prepared)
  return prepared
}

/** Writes a text in the place of another; nobody reads half of it. */
export async function placeText(text: string, place: string): Promise<void> {
  const prepared = path.join(path.dirname(place), `.${path.basename(place)}.new`)
  await writeFile(prepared, text)
  await rename(prepared, place)
}

/** The target of a link; undefined when there is none, or something else. */
export async function linkTarget(place: string): Promise<string | undefined> {
  try {
    return await readlink(place)
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'EINVAL')) return undefined
    throw error
  }
}

export async function exists(place: string): Promise<boolean> {
  try {
    await lstat(place)
    return true
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return false
    throw error
  }
}

export async function removeTree(place: string): Promise<void> {
  await rm(place, {recursive: true, force: true, maxRetries: 2})
}

/** Removes a folder when nothing is in it. */
export async function removeIfEmpty(folder: string): Promise<void> {
  try {
    await rmdir(folder)
  } catch (error) {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].some(code => hasCode(error, code))) throw error
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
