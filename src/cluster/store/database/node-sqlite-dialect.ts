import {setTimeout} from 'node:timers/promises'
import type {DatabaseSync, SQLInputValue, StatementSync} from 'node:sqlite'
import {CompiledQuery, SelectQueryNode, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler} from 'kysely'
import type {DatabaseConnection, Dialect, Driver, QueryResult, TransactionSettings} from 'kysely'
import {databaseError, isBusy, isNothingToRollBack} from './database-error.js'

/** Statements kept prepared; the cluster has fewer different ones. */
const preparedLimit = 300
/** How long a statement waits for another process, and how long at most from one try to the next. */
const patienceMs = 10_000
const longestDelayMs = 20

/**
 * Kysely on `node:sqlite`, over one connection. Transactions begin IMMEDIATE, unless they are `read only`: a transaction
 * that reads first and writes then would otherwise fail when another process has written between. Who has to wait for
 * another connection waits without stopping the event loop: SQLite's own way of waiting would stop a connection of the
 * same process too, in the middle of the transaction that is waited for.
 */
export function nodeSqliteDialect(handle: DatabaseSync, name: string): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new NodeSqliteDriver(new NodeSqliteConnection(handle, name)),
    createIntrospector: db => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

/** Kysely lets nobody else at the connection while a transaction holds it (`supportsMultipleConnections`). */
class NodeSqliteDriver implements Driver {
  readonly #connection: DatabaseConnection

  constructor(connection: DatabaseConnection) {
    this.#connection = connection
  }

  init(): Promise<void> {
    return Promise.resolve()
  }

  acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(this.#connection)
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw(settings.accessMode === 'read only' ? 'begin' : 'begin immediate'))
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('commit'))
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('rollback')).catch((error: unknown) => {
      // SQLite has rolled back itself after a full disk or an I/O error; to say so would hide that first error.
      if (!isNothingToRollBack(error)) throw error
    })
  }

  releaseConnection(): Promise<void> {
    return Promise.resolve()
  }

  /** Whoever opened the handle closes it. */
  destroy(): Promise<void> {
    return Promise.resolve()
  }
}

class NodeSqliteConnection implements DatabaseConnection {
  readonly #handle: DatabaseSync
  readonly #name: string
  readonly #prepared = new Map<string, StatementSync>()

  constructor(handle: DatabaseSync, name: string) {
    this.#handle = handle
    this.#name = name
  }

  async executeQuery<R>(compiled: CompiledQuery): Promise<QueryResult<R>> {
    let waitedMs = 0
    for (let attempt = 0; ; attempt++) {
      try {
        return this.#execute<R>(compiled)
      } catch (error) {
        if (!isBusy(error) || waitedMs >= patienceMs) throw databaseError(error, this.#name)
      }
      const delayMs = Math.min(2 ** attempt, longestDelayMs) * (0.5 + Math.random())
      await setTimeout(delayMs)
      waitedMs += delayMs
    }
  }

  async *streamQuery<R>(compiled: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    // Another query may run while the reader is away, so the rows are all read now.
    for (const row of this.#execute<R>(compiled).rows) yield {rows: [row]}
  }

  #execute<R>({sql, parameters, query}: CompiledQuery): QueryResult<R> {
    const statement = this.#prepare(sql)
    const values = parameters as SQLInputValue[]
    if (SelectQueryNode.is(query) || query.kind === 'RawNode' || 'returning' in query) {
      return {rows: statement.all(...values) as R[]}
    }
    const {changes, lastInsertRowid} = statement.run(...values)
    return {rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid)}
  }

  #prepare(sql: string): StatementSync {
    const known = this.#prepared.get(sql)
    if (known !== undefined) return known
    const statement = this.#handle.prepare(sql)
    if (this.#prepared.size >= preparedLimit) this.#prepared.clear()
    this.#prepared.set(sql, statement)
    return statement
  }
}
