import path from 'node:path'
import {BaseCommand} from '../../../cli/base-command.js'
import {type SiteBankJson, siteBankColumns} from '../../../cli/cluster/columns.js'
import {shortPath} from '../../../cli/cluster/short-path.js'
import {siteFlags} from '../../../cli/cluster/site-flags.js'
import {withExistingSite} from '../../../cli/cluster/with-site.js'
import {renderTable} from '../../../cli/terminal/table.js'

export interface ClusterBankListResult {
  banks: SiteBankJson[]
}

export default class ClusterBankList extends BaseCommand<typeof ClusterBankList, ClusterBankListResult> {
  static override summary = 'List the banks of a cluster on this machine, with their files'
  static override description = 'All of them, private ones too. What runs and what was published, `biomaj banks` tells.'
  static override examples = ['<%= config.bin %> cluster bank list', '<%= config.bin %> cluster bank list --json']
  static override flags = siteFlags

  async run(): Promise<ClusterBankListResult> {
    const lifecycle = await import('../../../cluster/lifecycle/index.js')
    const caller = {flags: this.flags, runtime: this.runtime}
    const banks = (await withExistingSite(lifecycle, caller, site => lifecycle.listBanks(site))) ?? []
    this.io.show({
      human: () =>
        banks.length === 0
          ? 'No banks yet. Add one with `biomaj cluster bank add NAME`.'
          : renderTable(this.io, siteBankColumns(this.io), banks),
      ids: () => banks.map(({name}) => name),
    })
    const [first] = banks.flatMap(({file}) => file ?? [])
    if (first !== undefined && this.io.isTerminal) {
      this.io.note(`Files are in ${shortPath(path.dirname(first), this.runtime)}.`)
    }
    return {banks}
  }
}
