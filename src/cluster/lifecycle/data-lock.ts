import {mkdirSync} from 'node:fs'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'

/**
 * Keeps a data directory for this process, until it is released or the process is gone, however that happens: it is the
 * system that lets go of the lock, so there is no stale one. A second process, on whatever terms, gets undefined.
 */
export function lockDataDirectory(directory: string): (() => void) | undefined {
  mkdirSync(directory, {recursive: true, mode: 0o700})
  const database = new DatabaseSync(path.join(directory, 'cluster.lock'), {timeout: 0})
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
