import path from 'node:path'
import type {ClusterSettings} from '../settings/cluster-settings.js'
import {openDatabase} from '../store/database/open-database.js'
import {openSqliteStore} from '../store/sqlite-store.js'
import type {Store} from '../store/store.js'
import {type Accounts, createAccounts} from '../user/accounts.js'
import {prepareSite} from './site-files.js'

/** A cluster's files and database, whether or not the cluster runs: several processes may have them open. */
export interface OpenSite {
  store: Store
  accounts: Accounts
  confDirectory: string
  close(): Promise<void>
}

/**
 * Opens the data directory, and makes what is missing in it.
 *
 * @public The commands get it with the room's other parts, when they need them.
 */
export async function openSite(
  settings: ClusterSettings,
  env: Readonly<Record<string, string | undefined>>,
): Promise<OpenSite> {
  const {confDirectory} = await prepareSite(settings, env)
  const database = openDatabase({file: databaseFile(settings)})
  const store = openSqliteStore(database)
  return {
    store,
    accounts: createAccounts({store, keyFile: accountsKeyFile(settings)}),
    confDirectory,
    close: async () => {
      await store.close()
      database.close()
    },
  }
}

export function databaseFile({dataDirectory}: Pick<ClusterSettings, 'dataDirectory'>): string {
  return path.join(dataDirectory, 'cluster.sqlite')
}

/** The secret that seals the keys of users. */
export function accountsKeyFile({dataDirectory}: Pick<ClusterSettings, 'dataDirectory'>): string {
  return path.join(dataDirectory, 'accounts.key')
}
