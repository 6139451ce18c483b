import {Flags} from '@oclif/core'
import {type AboutMeJson, aboutMeJson, aboutMeText} from '../cli/account/about-me-view.js'
import {storeWarning} from '../cli/account/context-view.js'
import {accountStores} from '../cli/account/stores.js'
import {ClusterCommand} from '../cli/cluster-command.js'
import {checkKey, ownedBanks} from '../operations/who-am-i.js'
import {BiomajError} from '../shared/errors.js'
import {sanitise} from '../shared/sanitise.js'

export type AboutMeResult = AboutMeJson

export default class AboutMe extends ClusterCommand<typeof AboutMe, AboutMeResult> {
  static override summary = 'Show who you are, where, and whether your key is valid'
  static override description =
    'Exit status 0 means that the cluster knows your key now; 4 that it does not, or that there is none; 7 that it could not be asked. ' +
    'A cluster takes requests with a bad key too, and treats them as anonymous.'
  static override examples = [
    '<%= config.bin %> about-me',
    '<%= config.bin %> about-me --banks',
    {
      description: 'Give the key to another program',
      command: 'BIOMAJ_APIKEY=$(<%= config.bin %> about-me --show-key --force) other-program',
    },
  ]
  static override flags = {
    banks: Flags.boolean({summary: 'Show which banks you own; one request for each bank.'}),
    'show-key': Flags.boolean({summary: 'Print the API key and nothing else.', exclusive: ['banks']}),
    force: Flags.boolean({summary: 'With --show-key: print it even if no terminal reads it.', dependsOn: ['show-key']}),
  }

  async run(): Promise<AboutMeResult> {
    const target = this.target()
    const {credentials} = accountStores(this.runtime)
    if (this.flags['show-key']) {
      await this.#showKey()
      return aboutMeJson(target, {credentials, check: {state: 'not_checked'}})
    }
    const check = await checkKey(async () => this.cluster(), this.signal)
    const banks =
      this.flags.banks && check.state === 'valid' ? await ownedBanks(await this.cluster(), this.signal) : undefined
    const result = aboutMeJson(target, {credentials, check, banks})
    this.io.show({
      human: () => aboutMeText(this.io, result),
      ids: () => result.ownedBanks ?? (result.user === null ? [] : [result.user]),
    })
    const {source} = target.key
    const warning = source === 'environment' ? undefined : storeWarning(source)
    if (warning !== undefined) this.io.warn(warning)
    if (result.hint !== null) this.io.note(result.hint)
    this.exitWith(result.exitCode)
    return result
  }

  async #showKey(): Promise<void> {
    if (this.jsonEnabled()) {
      throw new BiomajError({
        code: 'usage',
        message: '--json never shows a key',
        hint: 'Leave out --json or --show-key.',
      })
    }
    if (!this.io.isTerminal && !this.flags.force) {
      throw new BiomajError({
        code: 'usage',
        message: 'The key was not printed: standard output is no terminal, so it may end up in a file or log',
        hint: 'Add --force if that is what you want.',
      })
    }
    const key = await this.target().key.load()
    if (!key) throw new BiomajError({code: 'login_required', message: 'There is no key to show'})
    this.io.show({human: () => sanitise(key.reveal()), ids: () => [key.reveal()]})
  }
}
