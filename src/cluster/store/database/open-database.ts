import {chmodSync, closeSync, mkdirSync, openSync} from 'node:fs'
import {dirname} from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {Kysely} from 'kysely'
import {BiomajError} from '../../../shared/errors.js'
import {databaseError} from './database-error.js'
import type {SchemaPart} from './migrations.js'
import {nodeSqliteDialect} from './node-sqlite-dialect.js'
import {checkOrigin, migrate} from './schema-version.js'
import {Signals} from './signals.js'

/** How long opening and migrating wait for another process; statements later wait in the dialect. */
const openPatienceMs = 5000

/** One connection to one database. Store and queue may share it; whoever opened it closes it, after them. */
export interface Database {
  /** Absolute path, or null for one in memory. */
  readonly file: string | null
  readonly signals: Signals
  /** Brings the tables of a part up to date and gives typed SQL on them, for reads and single statements. */
  tables<Tables>(part: SchemaPart): Kysely<Tables>
  /**
   * One transaction that may write. With `durable: false` it does not wait for the disk: it survives the end of the
   * process, and may be lost with the machine. `work` may await nothing but its own queries.
   */
  write<Tables, Result>(
    sql: Kysely<Tables>,
    work: (sql: Kysely<Tables>) => Promise<Result>,
    options?: {durable: boolean},
  ): Promise<Result>
  close(): void
}

/**
 * Opens a database, or makes it, readable for its owner alone.
 *
 * @throws BiomajError `config_invalid` when it is damaged, another program's, or of a newer version
 */
export function openDatabase({file}: {file: string}): Database {
  const inMemory = file === ':memory:'
  if (!inMemory) makePrivate(file)
  const name = inMemory ? 'in memory' : file
  const handle = opened(file, name)
  const dataVersion = handle.prepare('pragma data_version')
  const signals = new Signals(inMemory ? null : () => Number(dataVersion.get()?.['data_version']))
  let closed = false
  const root = new Kysely<object>({dialect: nodeSqliteDialect(handle, name)})
  return {
    file: inMemory ? null : file,
    signals,
    tables: <Tables>(part: SchemaPart) => {
      handle.exec(`pragma busy_timeout = ${openPatienceMs}`)
      try {
        migrate(handle, part)
      } catch (error) {
        throw databaseError(error, name)
      } finally {
        handle.exec('pragma busy_timeout = 0')
      }
      return root as unknown as Kysely<Tables>
    },
    write: (sql, work, options = {durable: true}) => {
      if (options.durable) return sql.transaction().execute(work)
      return sql.connection().execute(async connection => {
        handle.exec('pragma synchronous = normal')
        try {
          return await connection.transaction().execute(work)
        } finally {
          handle.exec('pragma synchronous = full')
        }
      })
    },
    close: () => {
      if (closed) return
      closed = true
      signals.stop()
      handle.close()
    },
  }
}

function opened(file: string, name: string): DatabaseSync {
  let handle: DatabaseSync | undefined
  try {
    handle = new DatabaseSync(file, {enableForeignKeyConstraints: true})
    handle.exec(`pragma busy_timeout = ${openPatienceMs}`)
    checkOrigin(handle, name)
    handle.exec('pragma journal_mode = wal; pragma synchronous = full; pragma journal_size_limit = 16777216')
    return handle
  } catch (error) {
    handle?.close()
    throw databaseError(error, name)
  }
}

/** SQLite gives the files beside the database the mode of the database. */
function makePrivate(file: string): void {
  try {
    mkdirSync(dirname(file), {recursive: true})
    closeSync(openSync(file, 'a', 0o600))
    chmodSync(file, 0o600)
  } catch (error) {
    throw new BiomajError({
      code: 'config_invalid',
      message: `The database ${file} cannot be made: ${error instanceof Error ? error.message : String(error)}`,
      hint: 'Choose a data directory that you may write',
      cause: error,
    })
  }
}
