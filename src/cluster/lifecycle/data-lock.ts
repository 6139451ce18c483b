import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {BiomajError} from '../../shared/errors.js'
import {makeFolder} from '../../shared/make-folder.js'

/**
 * Keeps a data directory for this process, until it is released or the process is gone, however that happens: it is the
 * system that lets go of the lock, so there is no stale one. A second process, on whatever terms, gets undefined.
 *
 * @throws {BiomajError} `config_invalid` when there is no such folder to be had
 */
export function lockDataDirectory(directory: string): (() => void) | undefined {
  const database = openLock(directory)
  try {
    // Nothing is ever written: what is wanted of the database is its lock.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (error instanceof Error && /locked|busy/i.test(error.message)) return undefined
    throw error
  }
  return () => database.close()
}

function openLock(directory: string): DatabaseSync {
  try {
    makeFolder(directory, {mode: 0o700})
    return new DatabaseSync(path.join(directory, 'cluster.lock'), {timeout: 0})
  } catch (error) {
    throw new BiomajError({
      code: 'config_invalid',
      message: `${directory} cannot be the folder of a cluster: ${folderProblem(error)}`,
      hint: 'Name a folder that you may write to, or one that can be made, with --data.',
      cause: error,
    })
  }
}

/** Why a folder cannot be made or written to, in words. */
export function folderProblem(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'there is a file in its place'
  if (code === 'EACCES' || code === 'EPERM' || code === 'ERR_SQLITE_ERROR') return 'you may not write there'
  if (code === 'ENOENT') return 'nothing can be made there'
  if (code === 'EROFS') return 'its file system is read-only'
  return error instanceof Error ? error.message : String(error)
}
