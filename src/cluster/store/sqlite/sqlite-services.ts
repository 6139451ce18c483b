import type {ServiceInstance} from '../../model/records.js'
import type {ServiceStore} from '../store.js'
import type {StoreSql, Write} from './tables.js'

/** How long instances are listed whose lease has ended. */
const rememberedMs = 3_600_000

export class SqliteServices implements ServiceStore {
  readonly #sql: StoreSql
  readonly #write: Write
  readonly #nowMs: () => number

  constructor({sql, write, nowMs}: {sql: StoreSql; write: Write; nowMs: () => number}) {
    this.#sql = sql
    this.#write = write
    this.#nowMs = nowMs
  }

  renew(instance: ServiceInstance): Promise<void> {
    return this.#write(
      async sql => {
        await sql
          .replaceInto('services')
          .values({id: instance.id, lease_until_ms: instance.leaseUntilMs, document: JSON.stringify(instance)})
          .execute()
        await sql.deleteFrom('services').where('lease_until_ms', '<', this.#oldestMs()).execute()
      },
      {durable: false},
    )
  }

  async leave(id: string): Promise<void> {
    await this.#sql.deleteFrom('services').where('id', '=', id).execute()
  }

  async list(): Promise<ServiceInstance[]> {
    const rows = await this.#sql
      .selectFrom('services')
      .select('document')
      .where('lease_until_ms', '>=', this.#oldestMs())
      .orderBy('id')
      .execute()
    return rows.map(({document}) => JSON.parse(document) as ServiceInstance)
  }

  #oldestMs(): number {
    return this.#nowMs() - rememberedMs
  }
}
