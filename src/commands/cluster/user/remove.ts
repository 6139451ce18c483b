import {Args, Flags} from '@oclif/core'
import {Questions} from '../../../cli/account/questions.js'
import {siteFlags} from '../../../cli/cluster/site-flags.js'
import {withExistingSite} from '../../../cli/cluster/with-site.js'
import {BaseCommand} from '../../../cli/base-command.js'
import {userNotFound} from '../../../cli/cluster/user-not-found.js'
import {BiomajError} from '../../../shared/errors.js'

export interface UserRemoveResult {
  user: string
  /** Banks that the user owned, and that nobody but an administrator can change now. */
  banks: string[]
}

export default class UserRemove extends BaseCommand<typeof UserRemove, UserRemoveResult> {
  static override summary = 'Remove a user of a cluster on this machine'
  static override description = "The user's banks stay; an administrator can give them to somebody else."
  static override examples = ['<%= config.bin %> cluster user remove jane --yes']
  static override args = {user: Args.string({name: 'USER', description: 'Id of the user.', required: true})}
  static override flags = {...siteFlags, yes: Flags.boolean({char: 'y', summary: 'Do not ask.', default: false})}

  async run(): Promise<UserRemoveResult> {
    const {user} = this.args
    const lifecycle = await import('../../../cluster/lifecycle/index.js')
    if (
      !this.flags.yes &&
      !(await new Questions(this.runtime, this.io).confirm(`Remove the user ${user}?`, {flag: '--yes'}))
    ) {
      throw new BiomajError({code: 'refused', message: 'Nobody was removed', hint: 'You did not agree.'})
    }
    const banks = await withExistingSite(
      lifecycle,
      {flags: this.flags, runtime: this.runtime},
      async ({accounts, store}) => {
        if ((await accounts.get(user)) === undefined) throw userNotFound(user)
        await accounts.remove(user)
        return (await store.banks.list()).filter(({owner}) => owner === user).map(({name}) => name)
      },
    )
    if (banks === undefined) throw userNotFound(user)
    this.io.show({human: () => `${this.io.paint('green', '✓')} ${user} is no user any more.`, ids: () => [user]})
    if (banks.length > 0) this.io.warn(`Banks without an owner now: ${banks.join(', ')}`)
    return {user, banks}
  }
}
