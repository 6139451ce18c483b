import {ClusterCommand} from '../cli/cluster-command.js'
import {namedBanks} from '../cli/banks-argument.js'
import {bankFlags} from '../cli/flags.js'
import {updateFlags, updateOptionsOf, waitFlags} from '../cli/update-flags.js'
import {type BankUpdateJson, toJson, updateText, worstExit} from '../cli/update-result.js'
import {systemClock, watchUpdates} from '../cli/watch-updates.js'
import {submitUpdates} from '../operations/submit-update.js'
import {type BankUpdate, reportSubmission} from '../operations/update-report.js'
import {Flags} from '@oclif/core'

export interface UpdateResult {
  updates: BankUpdateJson[]
}

export default class Update extends ClusterCommand<typeof Update, UpdateResult> {
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

  async run(): Promise<UpdateResult> {
    const banks = namedBanks(this.flags.bank, this.words)
    const update = updateOptionsOf(this.flags)
    const cluster = await this.cluster()
    const submissions = await submitUpdates(cluster, banks, {
      update,
      joinRunning: !this.flags['fail-if-running'],
      signal: this.signal,
      clock: systemClock(this.runtime),
    })
    const reports = new Map<string, BankUpdate>(
      submissions.map(submission => [submission.bank, reportSubmission(submission)]),
    )
    const awaited = submissions.flatMap(submission => (submission.state === 'refused' ? [] : [submission.awaited]))
    if ((this.flags.wait || this.flags.follow) && awaited.length > 0) {
      const ended = await watchUpdates(awaited, {cluster, runtime: this.runtime, io: this.io, flags: this.flags})
      for (const report of ended) reports.set(report.bank, report)
    }
    const ordered = [...reports.values()]
    const updates = ordered.map(report => toJson(report))
    this.io.show({
      human: () => updateText(this.io, updates, ordered),
      ids: () => updates.filter(({exitCode}) => exitCode === 0).map(({bank}) => bank),
    })
    this.exitWith(worstExit(updates))
    return {updates}
  }
}
