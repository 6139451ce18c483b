import {Args} from '@oclif/core'
import {type ContextJson, contextJson} from '../../cli/account/context-view.js'
import {accountStores} from '../../cli/account/stores.js'
import {BaseCommand} from '../../cli/base-command.js'

export interface ContextRenameResult {
  context: ContextJson
  formerName: string
}

export default class ContextRename extends BaseCommand<typeof ContextRename, ContextRenameResult> {
  static override summary = 'Give a context another name'
  static override description = 'Its key needs no change: keys are kept by user and address.'
  static override examples = ['<%= config.bin %> context rename biomaj.example.org prod']
  static override args = {
    old: Args.string({name: 'OLD', required: true, description: 'Name in `biomaj context list`.'}),
    new: Args.string({name: 'NEW', required: true, description: 'Letters, digits, dots, dashes and underscores.'}),
  }

  async run(): Promise<ContextRenameResult> {
    const {contexts, credentials} = accountStores(this.runtime)
    const renamed = await contexts.rename(this.args.old, this.args.new)
    this.io.show({
      human: () => `${this.io.paint('green', '✓')} ${this.args.old} is now ${this.io.paint('bold', renamed.name)}.`,
      ids: () => [renamed.name],
    })
    const context = contextJson(renamed, {current: contexts.read().current, credentials})
    return {context, formerName: this.args.old}
  }
}
