import {Args} from '@oclif/core'
import {siteFlags} from '../../../cli/cluster/site-flags.js'
import {withExistingSite} from '../../../cli/cluster/with-site.js'
import {BaseCommand} from '../../../cli/base-command.js'
import {userNotFound} from '../../../cli/cluster/user-not-found.js'

export interface UserRenewResult {
  user: string
  apiKey: string
}

export default class UserRenew extends BaseCommand<typeof UserRenew, UserRenewResult> {
  static override summary = 'Give a user a new API key; the old one is worth nothing then'
  static override examples = ['<%= config.bin %> cluster user renew jane']
  static override args = {user: Args.string({name: 'USER', description: 'Id of the user.', required: true})}
  static override flags = siteFlags

  async run(): Promise<UserRenewResult> {
    const {user} = this.args
    const lifecycle = await import('../../../cluster/lifecycle/index.js')
    const apiKey = await withExistingSite(lifecycle, {flags: this.flags, runtime: this.runtime}, async ({accounts}) => {
      if ((await accounts.get(user)) === undefined) throw userNotFound(user)
      return accounts.renewKey(user)
    })
    if (apiKey === undefined) throw userNotFound(user)
    this.io.show({
      human: () => `${this.io.paint('green', '✓')} The new API key of ${user}, shown this once:\n${apiKey}`,
      ids: () => [apiKey],
    })
    return {user, apiKey}
  }
}
