import {type ContextJson, contextColumns, contextJson} from '../../cli/account/context-view.js'
import {environmentRemarks} from '../../cli/account/environment-remarks.js'
import {accountStores} from '../../cli/account/stores.js'
import {BaseCommand} from '../../cli/base-command.js'
import {currentOf} from '../../config/choose-cluster.js'
import {renderTable} from '../../cli/terminal/table.js'

export interface ContextListResult {
  current: string | null
  contexts: ContextJson[]
}

export default class ContextList extends BaseCommand<typeof ContextList, ContextListResult> {
  static override summary = 'List the clusters that this machine knows'
  static override description = 'The current one, which commands use when nothing else is said, is marked with *.'
  static override examples = ['<%= config.bin %> context list', '<%= config.bin %> context list --json']

  async run(): Promise<ContextListResult> {
    const stores = accountStores(this.runtime)
    const file = stores.contexts.read()
    const view = {current: file.current, credentials: stores.credentials}
    const contexts = stores.contexts.list().map(context => contextJson(context, view))
    this.io.show({
      human: () =>
        contexts.length === 0
          ? 'No clusters yet. Log in to one with `biomaj login URL`, or start your own with `biomaj cluster start`.'
          : renderTable(this.io, contextColumns(contexts), contexts),
      ids: () => contexts.map(({name}) => name),
    })
    const current = currentOf(file)
    if (current)
      for (const remark of environmentRemarks(current, stores, this.runtime)) this.io.note(`Note: ${remark}.`)
    return {current: file.current ?? null, contexts}
  }
}
