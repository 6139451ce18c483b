import {Args} from '@oclif/core'
import {type ContextJson, contextJson, settingsOf, storeWarning, userText} from '../../cli/account/context-view.js'
import {factsText} from '../../cli/account/facts.js'
import {selectedContext} from '../../cli/account/log-out.js'
import {accountStores} from '../../cli/account/stores.js'
import {BaseCommand} from '../../cli/base-command.js'
import {BiomajError} from '../../shared/errors.js'

export interface ContextShowResult {
  context: ContextJson
}

export default class ContextShow extends BaseCommand<typeof ContextShow, ContextShowResult> {
  static override summary = 'Show one of the clusters that this machine knows'
  static override description =
    'Without NAME: the one that commands use now. Asks neither the cluster nor the keychain.'
  static override examples = ['<%= config.bin %> context show', '<%= config.bin %> context show prod --json']
  static override args = {name: Args.string({name: 'NAME', description: 'Name in `biomaj context list`.'})}

  async run(): Promise<ContextShowResult> {
    const stores = accountStores(this.runtime)
    const [found] = selectedContext(this.args.name, stores, this.runtime)
    if (!found) {
      throw new BiomajError({
        code: 'context_not_found',
        message: 'No context is in use',
        hint: 'Name one of `biomaj context list`, or log in to a cluster with `biomaj login URL`.',
      })
    }
    const context = contextJson(found, {current: stores.contexts.read().current, credentials: stores.credentials})
    this.io.show({human: () => this.#text(context), ids: () => [context.name]})
    const warning = storeWarning(context.credentialStore)
    if (warning !== undefined) this.io.warn(warning)
    return {context}
  }

  #text(context: ContextJson): string {
    const settings = settingsOf(context)
    return factsText(this.io, [
      {name: 'Context', value: `${context.name}${context.current ? ' (current)' : ''}`, style: 'bold'},
      {name: 'Cluster', value: context.url},
      context.user === null ? undefined : {name: 'User', value: userText(context)},
      {name: 'Key', value: context.keyKeptIn === null ? 'none: logged out' : `in the ${context.keyKeptIn}`},
      settings.length === 0 ? undefined : {name: 'Settings', value: settings.join(', '), style: 'yellow'},
    ])
  }
}
