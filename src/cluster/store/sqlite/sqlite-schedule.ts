import {sql} from 'kysely'
import type {CronEntry, ReleaseWatch} from '../../model/records.js'
import type {ScheduleStore} from '../store.js'
import type {StoreSql} from './tables.js'

export class SqliteSchedule implements ScheduleStore {
  readonly #sql: StoreSql

  constructor(sql: StoreSql) {
    this.#sql = sql
  }

  async entries(): Promise<CronEntry[]> {
    const rows = await this.#sql.selectFrom('cron_entries').select('document').orderBy('name').execute()
    return rows.map(({document}) => JSON.parse(document) as CronEntry)
  }

  async put(entry: CronEntry): Promise<void> {
    await this.#sql
      .replaceInto('cron_entries')
      .values({name: entry.name, document: JSON.stringify(entry)})
      .execute()
  }

  async remove(name: string): Promise<boolean> {
    const {numDeletedRows} = await this.#sql
      .deleteFrom('cron_entries')
      .where('name', '=', name)
      .executeTakeFirstOrThrow()
    return numDeletedRows > 0n
  }

  async ran(name: string, dueAtMs: number): Promise<boolean> {
    const {numUpdatedRows} = await this.#sql
      .updateTable('cron_entries')
      .set({document: sql`json_set(document, '$.lastDueAtMs', ${dueAtMs})`})
      .where('name', '=', name)
      .where(sql<number>`coalesce(json_extract(document, '$.lastDueAtMs'), -1)`, '<', dueAtMs)
      .executeTakeFirstOrThrow()
    return numUpdatedRows > 0n
  }

  async watches(): Promise<ReleaseWatch[]> {
    const rows = await this.#sql.selectFrom('release_watches').select('document').orderBy('bank').execute()
    return rows.map(({document}) => JSON.parse(document) as ReleaseWatch)
  }

  async putWatch(watch: ReleaseWatch): Promise<void> {
    await this.#sql
      .replaceInto('release_watches')
      .values({bank: watch.bank, document: JSON.stringify(watch)})
      .execute()
  }
}
