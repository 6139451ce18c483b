import {Flags} from '@oclif/core'
import {namedBanks} from '../cli/banks-argument.js'
import {ClusterCommand} from '../cli/cluster-command.js'
import {bankFlags} from '../cli/flags.js'
import {progressView} from '../cli/terminal/progress.js'
import {updateFlags, updateOptionsOf, waitFlags, wantsToWait} from '../cli/updates/update-flags.js'
import {showUpdates, type UpdatesResult} from '../cli/updates/update-result.js'
import {endings, interruptHint} from '../cli/updates/watch-updates.js'
import {awaitedOf, submitUpdates} from '../operations/submit-update.js'
import {reportSubmission} from '../operations/update-report.js'

export default class Update extends ClusterCommand<typeof Update, UpdatesResult> {
  static override summary = 'Update banks, and wait for the result if you like'
  static override description =
    'Asks the cluster to update each bank, after checking what the cluster would refuse only later and without a word. ' +
    'Without --wait, success means that the requests were sent, not that the updates succeeded. With --wait the exit status tells the result.'
  static override strict = false
  static override usage = 'update --bank NAME [--bank NAME ...] [--wait]'
  static override examples = [
    '<%= config.bin %> update --bank alu --wait',
    {
      description: 'Several banks, for a nightly script: wait at most six hours, one JSON document',
      command: '<%= config.bin %> update --bank alu,pfam --wait --timeout 6h --json',
    },
    {
      description: 'Start again at the failed process',
      command: '<%= config.bin %> update --bank alu --from-task postprocess --process BLAST --wait --follow',
    },
  ]
  static override flags = {
    ...bankFlags,
    ...updateFlags,
    wait: Flags.boolean({
      char: 'w',
      summary: 'Wait until the updates have ended; the exit status tells how.',
      exclusive: ['async'],
    }),
    async: Flags.boolean({summary: 'Only send the requests (the default).'}),
    ...waitFlags,
    'fail-if-running': Flags.boolean({summary: 'Fail if the bank is at work already, instead of joining that update.'}),
  }

  async run(): Promise<UpdatesResult> {
    const banks = namedBanks(this.flags.bank, this.words)
    const update = updateOptionsOf(this.flags)
    const wait = wantsToWait(this.flags)
    const cluster = await this.cluster()
    const view = await progressView(this.runtime, this.io, interruptHint(this.flags))
    try {
      const submissions = await submitUpdates(cluster, banks, {
        update,
        joinRunning: !this.flags['fail-if-running'],
        signal: this.signal,
        clock: this.runtime.clock,
        onProgress: text => view.busy(text),
      })
      const reports = submissions.map(submission => reportSubmission(submission))
      const awaited = wait ? awaitedOf(submissions, this.signal) : []
      const watch = {cluster, runtime: this.runtime, io: this.io, flags: this.flags, view}
      const {document, exitCode} = showUpdates(this.io, await endings(reports, awaited, watch))
      this.exitWith(exitCode)
      return document
    } finally {
      view.end()
    }
  }
}
