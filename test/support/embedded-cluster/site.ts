import {mkdir, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
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
  for (const [file, content] of await accountsOf(users, admin)) {
    await writeFile(path.join(root, file), content, {mode: 0o600})
  }
}

const databaseFile = 'cluster.sqlite'
const keyFile = 'accounts.key'

type Files = ReadonlyMap<string, Buffer>
const madeAccounts = new Map<string, Promise<Files>>()

/** A database that only has these accounts, and its key. Hashing passwords takes long, so it is done once a process. */
async function accountsOf(users: readonly ClusterUser[], admin: string): Promise<Files> {
  const who = JSON.stringify([users, admin])
  const made = madeAccounts.get(who) ?? makeAccounts(users, admin)
  madeAccounts.set(who, made)
  return await made
}

async function makeAccounts(users: readonly ClusterUser[], admin: string): Promise<Files> {
  const folder = await mkdtemp(path.join(tmpdir(), 'biomaj-accounts-'))
  try {
    await withStore(folder, async store => {
      const accounts = createAccounts({store, keyFile: path.join(folder, keyFile)})
      for (const {name, password, apiKey} of users) {
        await accounts.add({id: name, email: `${name}@example.org`, password, key: apiKey, admin: name === admin})
      }
    })
    const files = [databaseFile, keyFile]
    return new Map(await Promise.all(files.map(async file => [file, await readFile(path.join(folder, file))] as const)))
  } finally {
    await rm(folder, {recursive: true, force: true})
  }
}

/** Opens the database of a cluster, running or not, beside it. */
export async function withStore<Result>(root: string, use: (store: Store) => Promise<Result>): Promise<Result> {
  const database = openDatabase({file: path.join(root, databaseFile)})
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
