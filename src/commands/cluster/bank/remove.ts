import {Args, Flags} from '@oclif/core'
import {BaseCommand} from '../../../cli/base-command.js'
import {confirmName} from '../../../cli/cluster/confirm-name.js'
import {siteFlags} from '../../../cli/cluster/site-flags.js'
import {withExistingSite} from '../../../cli/cluster/with-site.js'

export interface ClusterBankRemoveResult {
  bank: string
  /** Releases that stay on disk, of which the cluster knows nothing any more. */
  releasesLeft: number
}

export default class ClusterBankRemove extends BaseCommand<typeof ClusterBankRemove, ClusterBankRemoveResult> {
  static override summary = 'Take a bank out of a cluster on this machine'
  static override description =
    'Removes its properties file and all that the cluster knows of it. A bank with releases on disk is refused, unless ' +
    'they are to be left there.'
  static override examples = [
    '<%= config.bin %> cluster bank remove alu',
    '<%= config.bin %> cluster bank remove alu --confirm alu',
  ]
  static override args = {bank: Args.string({name: 'BANK', description: 'Name of the bank.', required: true})}
  static override flags = {
    ...siteFlags,
    'leave-releases': Flags.boolean({summary: 'Leave its releases where they are.', default: false}),
    confirm: Flags.string({summary: 'Name of the bank, instead of being asked for it.', helpValue: 'NAME'}),
  }

  async run(): Promise<ClusterBankRemoveResult> {
    const {bank} = this.args
    await confirmName(
      {name: bank, of: 'bank', given: this.flags.confirm, question: `Type ${bank} to take it out`},
      {runtime: this.runtime, io: this.io},
    )
    const lifecycle = await import('../../../cluster/lifecycle/index.js')
    const releasesLeft = await withExistingSite(lifecycle, {flags: this.flags, runtime: this.runtime}, site =>
      lifecycle.forgetBank(bank, site, {leaveReleases: this.flags['leave-releases']}),
    )
    if (releasesLeft === undefined) throw lifecycle.bankUnknown(bank)
    this.io.show({
      human: () => `${this.io.paint('green', '✓')} ${this.io.paint('bold', bank)} is no bank of this cluster any more.`,
      ids: () => [bank],
    })
    return {bank, releasesLeft}
  }
}
