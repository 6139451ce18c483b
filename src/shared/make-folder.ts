import {mkdirSync, statSync} from 'node:fs'
import path from 'node:path'

/**
 * Makes a folder and those above it, each with the mode, as `mkdir -p` does. Node's own way never ends where a folder is
 * there and yet nothing can be made in it, as on Linux in /proc.
 *
 * @throws the system's error: `EEXIST` or `ENOTDIR` for a file in the way, `ENOENT` in a folder that takes nothing
 */
export function makeFolder(folder: string, {mode}: {mode?: number | undefined} = {}): void {
  if (isFolder(folder)) return
  const parent = path.dirname(folder)
  if (parent !== folder) makeFolder(parent, {mode})
  try {
    mkdirSync(folder, {mode})
  } catch (error) {
    // Somebody else was faster.
    if (!isFolder(folder)) throw error
  }
}

function isFolder(name: string): boolean {
  return statSync(name, {throwIfNoEntry: false})?.isDirectory() === true
}
