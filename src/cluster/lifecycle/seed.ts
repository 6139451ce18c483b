import {BiomajError} from '../../shared/errors.js'
import {propertiesOf} from '../settings/templates/bank-template.js'
import {bankTemplate} from '../settings/templates/bank-templates.js'
import type {Database} from '../store/database/open-database.js'
import type {Store} from '../store/store.js'
import {addBank} from './add-bank.js'

export const seedNames = ['none', 'demo', 'broken', 'huge'] as const
export type SeedName = (typeof seedNames)[number]

export interface SeedSite {
  store: Store
  database: Database
  confDirectory: string
  /** Where the sample data is served. */
  sampleServer: string
  owner: string
  /** Nobody has used this cluster yet. */
  isFirst: boolean
}

/**
 * What a new cluster begins with. The same name gives the same banks, always.
 *
 * @throws {BiomajError} `refused` when the cluster has banks already
 */
export async function seed(name: SeedName | undefined, site: SeedSite): Promise<void> {
  if (!site.isFirst && (await site.store.banks.list()).length > 0) {
    throw new BiomajError({
      code: 'refused',
      message: `The cluster has banks already: it cannot begin with "${name}"`,
      hint: 'Start afresh with `biomaj cluster reset`, or in another folder with --data.',
    })
  }
  if (name === 'none') return
  const properties = propertiesOf(bankTemplate('alu'), {bank: 'alu', sampleServer: site.sampleServer})
  await addBank({name: 'alu', properties, owner: site.owner}, site)
}
