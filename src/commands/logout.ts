import {Flags} from '@oclif/core'
import {type LogoutJson, logOut, selectedContext} from '../cli/account/log-out.js'
import {accountStores} from '../cli/account/stores.js'
import {BaseCommand} from '../cli/base-command.js'
import {exitCodeOfAll} from '../cli/exit-codes.js'
import {variable} from '../config/environment.js'
import {sanitise} from '../shared/sanitise.js'

export interface LogoutResult {
  logouts: LogoutJson[]
}

export default class Logout extends BaseCommand<typeof Logout, LogoutResult> {
  static override summary = 'Forget the API key of a cluster'
  static override description =
    'Deletes the key from where it is kept. The context stays, so that `biomaj login` needs no address next time. ' +
    'The key itself stays valid at the cluster: BioMAJ cannot revoke keys, an administrator can renew yours.'
  static override examples = ['<%= config.bin %> logout', '<%= config.bin %> logout --all']
  static override flags = {
    context: Flags.string({
      summary: 'Log out of this context (BIOMAJ_CONTEXT); the current one by default.',
      helpValue: 'NAME',
      exclusive: ['all'],
    }),
    all: Flags.boolean({summary: 'Log out of every context.'}),
  }

  async run(): Promise<LogoutResult> {
    const {io} = this
    const stores = accountStores(this.runtime, {interactive: io.canPrompt})
    const selected = this.flags.all ? stores.contexts.list() : selectedContext(this.flags.context, stores, this.runtime)
    const logouts = await logOut(selected, stores, {signal: this.signal, goOn: this.flags.all})
    io.show({
      human: () =>
        logouts.length === 0 ? 'You were not logged in.' : logouts.map(logout => this.#line(logout)).join('\n'),
      ids: () => logouts.filter(({state}) => state === 'logged_out').map(({context}) => context),
    })
    if (logouts.some(({state}) => state === 'logged_out'))
      io.note('A copy of it would stay valid: BioMAJ cannot revoke keys, only renew them.')
    if (variable(this.runtime.env, 'BIOMAJ_APIKEY') !== undefined)
      io.warn('BIOMAJ_APIKEY is still set, and commands in this shell go on using it')
    this.exitWith(exitCodeOfAll(logouts))
    return {logouts}
  }

  #line({context, user, state, keyWasThere, error}: LogoutJson): string {
    const {io} = this
    const whose = `${io.paint('bold', sanitise(context))}${user === null ? '' : ` (${sanitise(user)})`}`
    if (state === 'failed') {
      const hint = error?.hint === undefined ? '' : `\n  ${error.hint}`
      return `${io.paint('red', '✗')} Still logged in to ${whose}. ${error?.message ?? ''}${hint}`
    }
    if (state === 'not_logged_in') return `${io.paint('dim', '-')} You were not logged in to ${whose}.`
    return `${io.paint('green', '✓')} Logged out of ${whose}: the key ${keyWasThere ? 'is deleted' : 'was gone already'}.`
  }
}
