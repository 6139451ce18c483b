import {chmod, mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {DatabaseSync} from 'node:sqlite'
import {sql as raw} from 'kysely'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {openSqliteQueue} from '../../../src/cluster/queue/sqlite-queue.js'
import {openDatabase} from '../../../src/cluster/store/database/open-database.js'
import {openSqliteStore} from '../../../src/cluster/store/sqlite-store.js'
import type {StoreTables} from '../../../src/cluster/store/sqlite/tables.js'
import {newJob} from '../queue/jobs-of-tests.js'
import {bankOf} from './banks-of-tests.js'

let folder: string
let file: string

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'biomaj-database-'))
  file = path.join(folder, 'deep', 'cluster.sqlite')
})
afterEach(() => rm(folder, {recursive: true}))

/** A database that was used once. */
async function usedDatabase(): Promise<void> {
  const database = openDatabase({file})
  await openSqliteStore(database).banks.insert(bankOf('alu'))
  await openSqliteQueue(database).add(newJob('update', 'alu'))
  database.close()
}

describe('a database file', () => {
  it('is made with its folder, for its owner alone, and so are the files beside it', async () => {
    const database = openDatabase({file})
    await openSqliteStore(database).banks.insert(bankOf('alu'))
    for (const suffix of ['', '-wal', '-shm']) expect((await stat(file + suffix)).mode & 0o777).toBe(0o600)
    database.close()
  })

  it('that others could read is closed to them', async () => {
    await usedDatabase()
    await chmod(file, 0o644)
    openDatabase({file}).close()
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('waits for the disk with each write, also after one that need not', async () => {
    const database = openDatabase({file})
    const sql = database.tables<StoreTables>('store')
    const pragma = async (name: 'journal_mode' | 'synchronous', on = sql): Promise<unknown> =>
      (await raw.raw(`pragma ${name}`).execute(on)).rows[0]
    expect(await pragma('journal_mode')).toEqual({journal_mode: 'wal'})
    expect(await pragma('synchronous')).toEqual({synchronous: 2})
    const meanwhile = await database.write(sql, sql => pragma('synchronous', sql), {durable: false})
    expect(meanwhile).toEqual({synchronous: 1})
    expect(await pragma('synchronous')).toEqual({synchronous: 2})
    database.close()
  })

  it.each([
    ['of a newer version', "update schema_versions set version = 99 where part = 'queue'", /newer version/],
    ['of another program', 'pragma application_id = 1', /another program/],
  ])('%s is refused and left as it is', async (_, sql, message) => {
    await usedDatabase()
    const handle = new DatabaseSync(file)
    handle.exec(sql)
    handle.close()
    const before = await readFile(file)
    expect(() => openDatabase({file})).toThrow(message)
    expect(() => openDatabase({file})).toThrow(expect.objectContaining({code: 'config_invalid'}) as Error)
    expect((await readFile(file)).equals(before)).toBe(true)
  })

  it('that is no database is refused and left as it is', async () => {
    const text = 'These are the notes of somebody who chose the wrong folder.\n'.repeat(100)
    const notes = path.join(folder, 'notes')
    await writeFile(notes, text)
    expect(() => openDatabase({file: notes})).toThrow(
      expect.objectContaining({code: 'config_invalid', message: `The file ${notes} is not a database`}) as Error,
    )
    expect(await readFile(notes, 'utf8')).toBe(text)
  })

  it('that is damaged is refused', async () => {
    await usedDatabase()
    const bytes = await readFile(file)
    bytes.fill(0xa5, 100)
    await writeFile(file, bytes)
    expect(() => openDatabase({file})).toThrow(
      expect.objectContaining({code: 'config_invalid', message: `The database ${file} is damaged`}) as Error,
    )
  })

  it('that cannot be made names the path and the reason', async () => {
    await writeFile(path.join(folder, 'deep'), '')
    expect(() => openDatabase({file})).toThrow(expect.objectContaining({code: 'config_invalid'}) as Error)
    expect(() => openDatabase({file})).toThrow(file)
  })

  it('may hold the store alone, or the queue alone', async () => {
    const database = openDatabase({file})
    const queue = openSqliteQueue(database)
    await queue.add(newJob('update', 'alu'))
    database.close()
    const handle = new DatabaseSync(file)
    expect(handle.prepare("select name from sqlite_schema where name in ('jobs', 'banks')").all()).toEqual([
      {name: 'jobs'},
    ])
    handle.close()
  })

  it('keeps all when it is opened again', async () => {
    await usedDatabase()
    const database = openDatabase({file})
    expect(await openSqliteStore(database).banks.get('alu')).toEqual(bankOf('alu'))
    expect(await openSqliteQueue(database).count({states: ['queued']})).toBe(1)
    database.close()
  })
})

describe('a transaction', () => {
  it('that fails writes nothing, and lets the next one through', async () => {
    const database = openDatabase({file: ':memory:'})
    const sql = database.tables<StoreTables>('store')
    const failing = database.write(sql, async sql => {
      await sql.insertInto('cluster_state').values({name: 'a', document: '1'}).execute()
      await sql.insertInto('cluster_state').values({name: 'a', document: '2'}).execute()
    })
    await expect(failing).rejects.toThrow('UNIQUE constraint failed')
    expect(await sql.selectFrom('cluster_state').selectAll().execute()).toEqual([])
    await database.write(sql, sql => sql.insertInto('cluster_state').values({name: 'b', document: '1'}).execute())
    expect(await sql.selectFrom('cluster_state').select('name').execute()).toEqual([{name: 'b'}])
    database.close()
  })

  it('waits for that of another connection, and lets other work go on meanwhile', async () => {
    const database = openDatabase({file})
    const {banks} = openSqliteStore(database)
    const handle = new DatabaseSync(file)
    handle.exec('begin immediate')
    const order: string[] = []
    const insert = banks.insert(bankOf('alu')).then(() => order.push('written'))
    const {promise, resolve} = Promise.withResolvers<undefined>()
    let turns = 0
    const turn = (): void => {
      if (++turns < 50) setImmediate(turn)
      else resolve(undefined)
    }
    turn()
    await promise
    order.push('meanwhile')
    handle.exec('rollback')
    handle.close()
    await insert
    expect(order).toEqual(['meanwhile', 'written'])
    database.close()
  })
})
