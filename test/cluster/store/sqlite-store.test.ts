import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {openDatabase} from '../../../src/cluster/store/database/open-database.js'
import type {Database} from '../../../src/cluster/store/database/open-database.js'
import {openSqliteStore} from '../../../src/cluster/store/sqlite-store.js'
import type {Store} from '../../../src/cluster/store/store.js'
import {describeStore} from './conformance.js'

function closingDatabase(store: Store, database: Database): Store {
  return {
    ...store,
    close: async () => {
      await store.close()
      database.close()
    },
  }
}

describeStore({
  name: 'SQLite, file, several connections',
  shared: true,
  create: async options => {
    const folder = await mkdtemp(path.join(tmpdir(), 'biomaj-store-'))
    return {
      connect: () => {
        const database = openDatabase({file: path.join(folder, 'cluster.sqlite')})
        return Promise.resolve(closingDatabase(openSqliteStore(database, options), database))
      },
      dispose: () => rm(folder, {recursive: true}),
    }
  },
})

describeStore({
  name: 'SQLite, in memory',
  shared: false,
  create: options => {
    const database = openDatabase({file: ':memory:'})
    return Promise.resolve({
      connect: () => Promise.resolve(closingDatabase(openSqliteStore(database, options), database)),
      dispose: () => Promise.resolve(),
    })
  },
})
