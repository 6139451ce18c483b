import {namedBanks} from '../cli/banks-argument.js'
import {ClusterCommand} from '../cli/cluster-command.js'
import {bankFlags} from '../cli/flags.js'
import {progressView} from '../cli/terminal/progress.js'
import {checkWaitFlags, waitFlags} from '../cli/updates/update-flags.js'
import {showUpdates, type UpdatesResult} from '../cli/updates/update-result.js'
import {endings, interruptHint} from '../cli/updates/watch-updates.js'
import {attach} from '../operations/attach.js'

export default class Wait extends ClusterCommand<typeof Wait, UpdatesResult> {
  static override summary = 'Wait for updates that run or are queued'
  static override description =
    'Attaches to an update, whoever requested it, and tells its result. Where nothing runs it tells how the last update ended.'
  static override strict = false
  static override usage = 'wait --bank NAME [--bank NAME ...]'
  static override examples = [
    '<%= config.bin %> wait --bank alu',
    '<%= config.bin %> wait --bank alu --follow --timeout 2h',
    {
      description: 'Look once, without waiting: exit status 8 says that it still runs',
      command: '<%= config.bin %> wait --bank alu --timeout 0',
    },
  ]
  static override flags = {...bankFlags, ...waitFlags}

  async run(): Promise<UpdatesResult> {
    const banks = namedBanks(this.flags.bank, this.words)
    checkWaitFlags(this.flags)
    const cluster = await this.cluster()
    const view = await progressView(this.runtime, this.io, interruptHint(this.flags))
    try {
      view.busy(`looking for updates of ${banks.join(', ')}`)
      const found = await attach(cluster, banks, {signal: this.signal, clock: this.runtime.clock})
      const reports = found.map(({report}) => report)
      const awaited = found.flatMap(attachment => attachment.awaited ?? [])
      const watch = {cluster, runtime: this.runtime, io: this.io, flags: this.flags, view}
      const {document, exitCode} = showUpdates(this.io, await endings(reports, awaited, watch))
      this.exitWith(exitCode)
      return document
    } finally {
      view.end()
    }
  }
}
