import {Args} from '@oclif/core'
import {type ContextJson, contextJson} from '../../cli/account/context-view.js'
import {environmentRemarks} from '../../cli/account/environment-remarks.js'
import {accountStores} from '../../cli/account/stores.js'
import {BaseCommand} from '../../cli/base-command.js'
import {sanitise} from '../../shared/sanitise.js'

export interface ContextUseResult {
  context: ContextJson
}

export default class ContextUse extends BaseCommand<typeof ContextUse, ContextUseResult> {
  static override summary = 'Choose the cluster that commands use'
  static override examples = ['<%= config.bin %> context use prod']
  static override args = {
    name: Args.string({name: 'NAME', required: true, description: 'Name in `biomaj context list`.'}),
  }

  async run(): Promise<ContextUseResult> {
    const stores = accountStores(this.runtime)
    const used = await stores.contexts.use(this.args.name)
    const {name, url} = used
    this.io.show({
      human: () => `${this.io.paint('green', '✓')} Commands now use ${this.io.paint('bold', name)} (${sanitise(url)}).`,
      ids: () => [name],
    })
    for (const remark of environmentRemarks(used, stores, this.runtime)) this.io.warn(remark)
    return {context: contextJson(used, {current: name, credentials: stores.credentials})}
  }
}
