import {BaseCommand} from '../../../cli/base-command.js'
import {renderTable} from '../../../cli/terminal/table.js'

export interface BankTemplatesResult {
  templates: Array<{name: string; summary: string}>
}

export default class BankTemplates extends BaseCommand<typeof BankTemplates, BankTemplatesResult> {
  static override summary = 'List the templates that a new bank can begin with'
  static override examples = ['<%= config.bin %> cluster bank templates']

  async run(): Promise<BankTemplatesResult> {
    const {bankTemplates} = await import('../../../cluster/settings/templates/bank-templates.js')
    const templates = bankTemplates.map(({name, summary}) => ({name, summary}))
    this.io.show({
      human: () =>
        renderTable(
          this.io,
          [
            {title: 'TEMPLATE', cell: ({name}) => name, whole: true},
            {title: 'WHAT IT IS', cell: ({summary}) => summary},
          ],
          templates,
        ),
      ids: () => templates.map(({name}) => name),
    })
    return {templates}
  }
}
