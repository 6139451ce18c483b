import {createHash} from 'node:crypto'
import {mkdir, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {hash} from 'bcryptjs'
import {openDatabase} from '../../../src/cluster/store/database/open-database.js'
import {openSqliteStore} from '../../../src/cluster/store/sqlite-store.js'
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
    for (const user of users) {
      await store.users.insert({
        id: user.name,
        email: `${user.name}@example.org`,
        passwordHash: await hash(user.password, 4),
        keyHash: createHash('sha256').update(user.apiKey).digest('hex'),
        admin: user.name === admin,
        createdAtMs: Date.now(),
      })
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
