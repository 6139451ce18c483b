import {BiomajError} from '../../../shared/errors.js'
import type {BankTemplate} from './bank-template.js'
import {publicTemplates} from './public-templates.js'
import {sampleTemplates} from './sample-templates.js'

export const bankTemplates: readonly BankTemplate[] = [...sampleTemplates, ...publicTemplates]

/** @throws {BiomajError} `usage` for a name that no template has; capitals do not count */
export function bankTemplate(name: string): BankTemplate {
  const found = bankTemplates.find(template => template.name === name.toLowerCase())
  if (found !== undefined) return found
  throw new BiomajError({
    code: 'usage',
    message: `There is no template ${JSON.stringify(name)}`,
    hint: `There are ${bankTemplates.map(template => template.name).join(', ')}.`,
  })
}
