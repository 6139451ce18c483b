import {BiomajError} from '../../../shared/errors.js'
import type {User} from '../../model/records.js'
import type {UserStore} from '../store.js'
import type {StoreSql, StoreTables, Write} from './tables.js'

export class SqliteUsers implements UserStore {
  readonly #sql: StoreSql
  readonly #write: Write

  constructor(sql: StoreSql, write: Write) {
    this.#sql = sql
    this.#write = write
  }

  get(id: string): Promise<User | undefined> {
    return find(this.#sql, 'id', id)
  }

  byKeyHash(hash: string): Promise<User | undefined> {
    return find(this.#sql, 'key_hash', hash)
  }

  byEmail(email: string): Promise<User | undefined> {
    return find(this.#sql, 'email', email)
  }

  async list(): Promise<User[]> {
    const rows = await this.#sql.selectFrom('users').select('document').orderBy('id').execute()
    return rows.map(({document}) => JSON.parse(document) as User)
  }

  insert(user: User): Promise<boolean> {
    return this.#write(async sql => {
      if ((await find(sql, 'id', user.id)) !== undefined) return false
      await refuseKeyOfAnother(sql, user)
      await sql.insertInto('users').values(columns(user)).execute()
      return true
    })
  }

  change(id: string, change: (user: User) => User): Promise<User | undefined> {
    return this.#write(async sql => {
      const before = await find(sql, 'id', id)
      if (before === undefined) return undefined
      const user = change(before)
      if (user.id !== id) throw new TypeError(`The id of ${id} cannot be changed`)
      await refuseKeyOfAnother(sql, user)
      await sql.updateTable('users').set(columns(user)).where('id', '=', id).execute()
      return structuredClone(user)
    })
  }

  async remove(id: string): Promise<boolean> {
    const {numDeletedRows} = await this.#sql.deleteFrom('users').where('id', '=', id).executeTakeFirstOrThrow()
    return numDeletedRows > 0n
  }
}

async function find(sql: StoreSql, column: 'id' | 'key_hash' | 'email', value: string): Promise<User | undefined> {
  const row = await sql
    .selectFrom('users')
    .select('document')
    .where(column, '=', value)
    .orderBy('id')
    .executeTakeFirst()
  return row && (JSON.parse(row.document) as User)
}

/** Nobody could say whose it is then. */
async function refuseKeyOfAnother(sql: StoreSql, user: User): Promise<void> {
  const holder = await find(sql, 'key_hash', user.keyHash)
  if (holder === undefined || holder.id === user.id) return
  throw new BiomajError({code: 'refused', message: 'This API key cannot be used', hint: 'Choose another one'})
}

function columns(user: User): StoreTables['users'] {
  return {id: user.id, email: user.email, key_hash: user.keyHash, document: JSON.stringify(user)}
}
