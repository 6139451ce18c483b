import {type UserJson, userColumns, userJson} from '../../../cli/cluster/columns.js'
import {siteFlags} from '../../../cli/cluster/site-flags.js'
import {withExistingSite} from '../../../cli/cluster/with-site.js'
import {BaseCommand} from '../../../cli/base-command.js'
import {renderTable} from '../../../cli/terminal/table.js'

export interface UserListResult {
  users: UserJson[]
}

export default class UserList extends BaseCommand<typeof UserList, UserListResult> {
  static override summary = 'List the users of a cluster on this machine'
  static override examples = ['<%= config.bin %> cluster user list', '<%= config.bin %> cluster user list --json']
  static override flags = siteFlags

  async run(): Promise<UserListResult> {
    const lifecycle = await import('../../../cluster/lifecycle/index.js')
    const caller = {flags: this.flags, runtime: this.runtime}
    const accounts = (await withExistingSite(lifecycle, caller, site => site.accounts.list())) ?? []
    const users = accounts.map(account => userJson(account))
    const style = {now: this.runtime.date(), relative: this.io.isTerminal}
    this.io.show({
      human: () =>
        users.length === 0
          ? 'No users yet. The first start makes one, `biomaj cluster user add` others.'
          : renderTable(this.io, userColumns(style), users),
      ids: () => users.map(({id}) => id),
    })
    return {users}
  }
}
