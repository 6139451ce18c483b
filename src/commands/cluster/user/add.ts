import {Args, Flags} from '@oclif/core'
import {secretFromStdin} from '../../../cli/account/secret-input.js'
import {type UserJson, userJson} from '../../../cli/cluster/columns.js'
import {siteFlags} from '../../../cli/cluster/site-flags.js'
import {withSite} from '../../../cli/cluster/with-site.js'
import {BaseCommand} from '../../../cli/base-command.js'
import {BiomajError} from '../../../shared/errors.js'

export interface UserAddResult {
  user: UserJson
  /** Shown this once; it can be renewed, not read again. */
  apiKey: string
}

export default class UserAdd extends BaseCommand<typeof UserAdd, UserAddResult> {
  static override summary = 'Add a user to a cluster on this machine, and print the API key'
  static override examples = [
    '<%= config.bin %> cluster user add jane --email jane@example.org',
    'pass show biomaj/jane | <%= config.bin %> cluster user add jane --admin --password-stdin',
  ]
  static override args = {user: Args.string({name: 'USER', description: 'Id of the new user.', required: true})}
  static override flags = {
    ...siteFlags,
    email: Flags.string({summary: 'Address of the user.', helpValue: 'ADDRESS'}),
    admin: Flags.boolean({summary: 'May do everything.', default: false}),
    'password-stdin': Flags.boolean({
      summary: 'Read a password from standard input; without one the user has a key alone.',
    }),
  }

  async run(): Promise<UserAddResult> {
    const {user: id} = this.args
    const lifecycle = await import('../../../cluster/lifecycle/index.js')
    const {email, admin} = this.flags
    const password = this.flags['password-stdin'] ? await secretFromStdin(this.runtime, '--password-stdin') : undefined
    const {account, apiKey} = await withSite(
      lifecycle,
      {flags: this.flags, runtime: this.runtime},
      async ({accounts}) => {
        if ((await accounts.get(id)) !== undefined) {
          throw new BiomajError({
            code: 'user_exists',
            message: `There is a user "${id}" already`,
            hint: `A new key: \`biomaj cluster user renew ${id}\`.`,
            details: {user: id},
          })
        }
        return accounts.add({id, email, admin, password: password?.reveal()})
      },
    )
    this.io.show({
      human: () => `${this.io.paint('green', '✓')} ${id} is a user now. API key, shown this once:\n${apiKey}`,
      ids: () => [apiKey],
    })
    return {user: userJson(account), apiKey}
  }
}
