import type {Database} from './database/open-database.js'
import {SqliteBanks} from './sqlite/sqlite-banks.js'
import {SqliteEvents} from './sqlite/sqlite-events.js'
import {SqliteHistory} from './sqlite/sqlite-history.js'
import {SqliteLocks} from './sqlite/sqlite-locks.js'
import {SqliteMaintenance} from './sqlite/sqlite-maintenance.js'
import {SqliteSchedule} from './sqlite/sqlite-schedule.js'
import {SqliteServices} from './sqlite/sqlite-services.js'
import {SqliteUsers} from './sqlite/sqlite-users.js'
import type {StoreTables, Write} from './sqlite/tables.js'
import type {Store} from './store.js'

export interface SqliteStoreOptions {
  /** Epoch milliseconds; tests have a time of their own. */
  nowMs?: (() => number) | undefined
  /** How many events are kept at least. */
  keptEvents?: number | undefined
}

/** The store in a SQLite database. `close` writes what is pending; the database is closed by whoever opened it. */
export function openSqliteStore(
  database: Database,
  {nowMs = Date.now, keptEvents = 10_000}: SqliteStoreOptions = {},
): Store {
  const sql = database.tables<StoreTables>('store')
  const write: Write = (work, options) => database.write(sql, work, options)
  const banks = new SqliteBanks(sql, write)
  return {
    banks,
    history: new SqliteHistory(sql),
    users: new SqliteUsers(sql, write),
    locks: new SqliteLocks(sql, write),
    services: new SqliteServices({sql, write, nowMs}),
    schedule: new SqliteSchedule(sql),
    events: new SqliteEvents({sql, write, signals: database.signals, kept: keptEvents}),
    maintenance: new SqliteMaintenance(sql),
    close: () => banks.close(),
  }
}
