import {mkdirSync, statSync} from 'node:fs'
import path from 'node:path'

/**
 * Makes a folder and those above it, each with the mode, as `mkdir -p` does. Node's own way never ends where a folder is
 * there and yet nothing can be made in it, as on Linux in /proc.
 *
 * @throws the system's error: `EEXIST` or `ENOTDIR` for a file in the way, `ENOENT` in a folder that takes nothing
 */
export function makeFolder(folder: string, {mode}: {mode?: number | undefined} = {}): void {
  try {
    makeOne(folder, mode)
  } catch (error) {
    const parent = path.dirname(folder)
    const mayHelp = error instanceof Error && 'code' in error && error.code === 'ENOENT' && parent !== folder
    if (!mayHelp) throw error
    makeFolder(parent, {mode})
    makeOne(folder, mode)
  }
}

function makeOne(folder: string, mode: number | undefined): void {
  try {
    mkdirSync(folder, {mode})
  } catch (error) {
    // It was there, or somebody else was faster.
    if (statSync(folder, {throwIfNoEntry: false})?.isDirectory() !== true) throw error
  }
}
