import {existsSync} from 'node:fs'
import {readdir, rm} from 'node:fs/promises'
import path from 'node:path'
import {BiomajError} from '../../shared/errors.js'
import {lockDataDirectory} from './data-lock.js'
import {instanceOf} from './instance.js'

/** What a cluster makes in its data directory. Whatever else is there belongs to somebody else. */
const ownNames = `
  banks cache conf lock log process sources
  accounts.key cluster.log cluster.log.1 global.properties instance.json samples.port
  cluster.sqlite cluster.sqlite-wal cluster.sqlite-shm cluster.sqlite-journal
`
  .trim()
  .split(/\s+/)

/** Whether a cluster was ever started there. */
export function isSite(dataDirectory: string): boolean {
  return existsSync(path.join(dataDirectory, 'cluster.sqlite'))
}

/**
 * Removes a cluster with all its banks, users and history. Folders that `global.properties` has outside of the data
 * directory stay, as does what the cluster has not made.
 *
 * @returns what is left in the data directory, by name
 * @throws {BiomajError} `cluster_running`
 */
export async function resetSite(dataDirectory: string): Promise<string[]> {
  const unlock = lockDataDirectory(dataDirectory)
  if (unlock === undefined) {
    const instance = instanceOf(dataDirectory)
    throw new BiomajError({
      code: 'cluster_running',
      message: `A cluster${instance === undefined ? '' : ` (pid ${instance.pid}, ${instance.url})`} uses ${dataDirectory}`,
      hint: 'End it first with `biomaj cluster stop`.',
    })
  }
  try {
    for (const name of ownNames) await rm(path.join(dataDirectory, name), {recursive: true, force: true, maxRetries: 3})
  } finally {
    unlock()
  }
  await rm(path.join(dataDirectory, 'cluster.lock'), {force: true})
  return readdir(dataDirectory)
}
