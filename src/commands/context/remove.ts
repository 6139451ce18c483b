import {Args, Flags} from '@oclif/core'
import {type ContextJson, contextJson} from '../../cli/account/context-view.js'
import {Questions} from '../../cli/account/questions.js'
import {type KeyFate, removeContext} from '../../cli/account/remove-context.js'
import {accountStores} from '../../cli/account/stores.js'
import {BaseCommand} from '../../cli/base-command.js'
import {BiomajError} from '../../shared/errors.js'
import {sanitise} from '../../shared/sanitise.js'

export interface ContextRemoveResult {
  /** As it was. */
  context: ContextJson
  key: KeyFate
}

const fates: Readonly<Record<KeyFate, string>> = {
  none: 'It had no key.',
  deleted: 'Its key is deleted.',
  gone: 'Its key was gone already.',
  shared: 'Its key stays: another context has the same.',
  left: 'Its key stays where it was.',
}

export default class ContextRemove extends BaseCommand<typeof ContextRemove, ContextRemoveResult> {
  static override summary = 'Forget a cluster, and delete its key'
  static override examples = ['<%= config.bin %> context remove prod', '<%= config.bin %> context remove prod --yes']
  static override args = {
    name: Args.string({name: 'NAME', required: true, description: 'Name in `biomaj context list`.'}),
  }
  static override flags = {
    yes: Flags.boolean({char: 'y', summary: 'Do not ask.'}),
    'keep-key': Flags.boolean({summary: 'Leave the key where it is, for a keychain that no longer answers.'}),
  }

  async run(): Promise<ContextRemoveResult> {
    const {io} = this
    const stores = accountStores(this.runtime, {interactive: io.canPrompt})
    const context = stores.contexts.get(this.args.name)
    const before = contextJson(context, {current: stores.contexts.read().current, credentials: stores.credentials})
    if (!this.flags.yes) {
      const question = `Forget ${context.name} (${sanitise(context.url)})${context.credentialStore === 'none' || this.flags['keep-key'] ? '' : ' and delete its key'}?`
      if (!(await new Questions(this.runtime, io).confirm(question, {flag: '--yes'})))
        throw new BiomajError({code: 'refused', message: 'Nothing was removed', hint: 'You did not agree.'})
    }
    const key = await removeContext(context, stores, {keepKey: this.flags['keep-key']})
    io.show({
      human: () => `${io.paint('green', '✓')} ${io.paint('bold', context.name)} is forgotten. ${fates[key]}`,
      ids: () => [context.name],
    })
    if (before.current && stores.contexts.list().length > 0)
      io.note('No context is the current one now: choose one with `biomaj context use NAME`.')
    return {context: before, key}
  }
}
