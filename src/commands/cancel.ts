import {namedBanks} from '../cli/banks-argument.js'
import {ClusterCommand} from '../cli/cluster-command.js'
import {bankFlags} from '../cli/flags.js'
import {type CancelResult, showCancellations} from '../cli/updates/cancel-result.js'
import {cancelUpdates} from '../operations/cancel-updates.js'

export default class Cancel extends ClusterCommand<typeof Cancel, CancelResult> {
  static override summary = 'Cancel updates that run or are queued'
  static override description =
    'The cluster stops an update after its current action (a download or process runs to its end), and a queued one when its turn comes. ' +
    'Nothing is sent for an idle bank: the cluster would keep the cancel and end the next run of the bank with it.'
  static override strict = false
  static override usage = 'cancel --bank NAME [--bank NAME ...]'
  static override examples = ['<%= config.bin %> cancel --bank alu']
  static override flags = {...bankFlags}

  async run(): Promise<CancelResult> {
    const banks = namedBanks(this.flags.bank, this.words)
    const cancellations = await cancelUpdates(await this.cluster(), banks, {
      signal: this.signal,
      clock: this.runtime.clock,
    })
    const {document, exitCode} = showCancellations(this.io, cancellations)
    this.exitWith(exitCode)
    return document
  }
}
