import {Args, Flags} from '@oclif/core'
import {Questions} from '../../../cli/account/questions.js'
import {BaseCommand} from '../../../cli/base-command.js'
import {siteFlags} from '../../../cli/cluster/site-flags.js'
import {withSite} from '../../../cli/cluster/with-site.js'
import {BiomajError} from '../../../shared/errors.js'

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
  static override examples = ['<%= config.bin %> cluster bank remove alu']
  static override args = {bank: Args.string({name: 'BANK', description: 'Name of the bank.', required: true})}
  static override flags = {
    ...siteFlags,
    'leave-releases': Flags.boolean({summary: 'Leave its releases where they are.', default: false}),
    yes: Flags.boolean({char: 'y', summary: 'Do not ask for the name of the bank.', default: false}),
  }

  async run(): Promise<ClusterBankRemoveResult> {
    const {bank} = this.args
    if (!this.flags.yes) {
      const answer = await new Questions(this.runtime, this.io).ask(`Type ${bank} to take it out`, {flag: '--yes'})
      if (answer !== bank) {
        throw new BiomajError({
          code: 'refused',
          message: 'Nothing was removed',
          hint: 'That is not the name of the bank.',
        })
      }
    }
    const lifecycle = await import('../../../cluster/lifecycle/index.js')
    const releasesLeft = await withSite(lifecycle, {flags: this.flags, runtime: this.runtime}, site =>
      lifecycle.forgetBank(bank, site, {leaveReleases: this.flags['leave-releases']}),
    )
    this.io.show({
      human: () => `${this.io.paint('green', '✓')} ${this.io.paint('bold', bank)} is no bank of this cluster any more.`,
      ids: () => [bank],
    })
    return {bank, releasesLeft}
  }
}
