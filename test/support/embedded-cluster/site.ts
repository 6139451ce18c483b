import {mkdir, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {openDatabase} from '../../../src/cluster/store/database/open-database.js'
import {openSqliteStore} from '../../../src/cluster/store/sqlite-store.js'
import {createAccounts} from '../../../src/cluster/user/accounts.js'
import type {Store} from '../../../src/cluster/store/store.js'
import type {ClusterUser} from '../real-cluster/index.js'

export const folders = ['conf', 'db', 'log', 'process', 'cache', 'lock'] as const
export type Folder = (typeof folders)[number]

/** The properties that the launcher of the real cluster writes, but for those of its services. */
export const siteProperties: Readonly<Record<string, string>> = {
  'conf.dir': '<root>/conf',
  'data.dir': '<root>/db',
  'log.dir': '<root>/log',
  'process.dir': '<root>/process',
  'cache.dir': '<root>/cache',
  'lock.dir': '<root>/lock',
  'db.url': 'mongodb://localhost:27017',
  'db.name': 'biomaj',
  admin: 'admin',
  use_ldap: '0',
  use_elastic: '0',
  'mail.smtp.host': '',
  'mail.from': 'biomaj@example.org',
  auto_publish: '0',
  'data.stats': '1',
  'keep.old.version': '1',
  'bank.num.threads': '2',
  'files.num.threads': '2',
  'historic.logfile.level': 'INFO',
  'visibility.default': 'public',
}

/** Makes a data directory with users whose keys are known before the cluster first starts. */
export async function makeSite(
  root: string,
  {globalProperties, users, admin}: {globalProperties: string; users: readonly ClusterUser[]; admin: string},
): Promise<void> {
  for (const folder of folders) await mkdir(path.join(root, folder), {recursive: true})
  await writeFile(path.join(root, 'global.properties'), globalProperties.replaceAll('<root>', root))
  await withStore(root, async store => {
    const accounts = createAccounts({store, keyFile: path.join(root, 'accounts.key')})
    for (const {name, password, apiKey} of users) {
      await accounts.add({id: name, email: `${name}@example.org`, password, key: apiKey, admin: name === admin})
    }
  })
}

/** Opens the database of a cluster, running or not, beside it. */
export async function withStore<Result>(root: string, use: (store: Store) => Promise<Result>): Promise<Result> {
  const database = openDatabase({file: path.join(root, 'cluster.sqlite')})
  const store = openSqliteStore(database)
  try {
    return await use(store)
  } finally {
    await store.close()
    database.close()
  }
}

/** Text of `global.properties`, with more lines or other values than the usual ones. */
export function globalProperties(more: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({...siteProperties, ...more}).map(
    ([key, value]) => `${key}=${value.replaceAll('%', '%%')}`,
  )
  return ['[GENERAL]', ...lines, ''].join('\n')
}
