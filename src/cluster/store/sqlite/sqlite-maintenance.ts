import type {Maintenance} from '../../model/records.js'
import type {MaintenanceStore} from '../store.js'
import type {StoreSql} from './tables.js'

const name = 'maintenance'

export class SqliteMaintenance implements MaintenanceStore {
  readonly #sql: StoreSql

  constructor(sql: StoreSql) {
    this.#sql = sql
  }

  async get(): Promise<Maintenance | null> {
    const row = await this.#sql
      .selectFrom('cluster_state')
      .select('document')
      .where('name', '=', name)
      .executeTakeFirst()
    return row === undefined ? null : (JSON.parse(row.document) as Maintenance)
  }

  async set(maintenance: Maintenance | null): Promise<void> {
    if (maintenance === null) await this.#sql.deleteFrom('cluster_state').where('name', '=', name).execute()
    else {
      await this.#sql
        .replaceInto('cluster_state')
        .values({name, document: JSON.stringify(maintenance)})
        .execute()
    }
  }
}
