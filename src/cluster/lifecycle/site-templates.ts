import {writeFile} from 'node:fs/promises'
import {BiomajError} from '../../shared/errors.js'
import type {BankTemplates} from '../daemon/site.js'
import {bankFile} from '../engine/load-bank.js'
import {propertiesOf} from '../settings/templates/bank-template.js'
import {bankTemplate, bankTemplates} from '../settings/templates/bank-templates.js'

/** Our templates, as the daemon's `datalist` and `dataimport` want them. */
export function siteTemplates({
  confDirectory,
  sampleServer,
}: {
  confDirectory: string
  sampleServer: string
}): BankTemplates {
  return {
    list: async () => bankTemplates.map(({name}) => name),
    import: async name => {
      const template = bankTemplate(name)
      const file = bankFile(template.name, confDirectory)
      try {
        await writeFile(file, propertiesOf(template, {bank: template.name, sampleServer}), {mode: 0o600, flag: 'wx'})
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
        throw new BiomajError({code: 'refused', message: `The bank "${template.name}" has a file already: ${file}`})
      }
      return file
    },
  }
}
