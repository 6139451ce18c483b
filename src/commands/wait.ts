import {namedBanks} from '../cli/banks-argument.js'
import {ClusterCommand} from '../cli/cluster-command.js'
import {bankFlags} from '../cli/flags.js'
import {waitFlags} from '../cli/update-flags.js'
import {type BankUpdateJson, toJson, updateText, worstExit} from '../cli/update-result.js'
import {watchUpdates} from '../cli/watch-updates.js'
import {attach} from '../operations/attach.js'
import {type BankUpdate, reportLast, reportOf} from '../operations/update-report.js'

export interface WaitResult {
  updates: BankUpdateJson[]
}

export default class Wait extends ClusterCommand<typeof Wait, WaitResult> {
  static override summary = 'Wait for updates that run or are queued'
  static override description =
    'Attaches to an update, whoever requested it, and tells its result. Where nothing runs it tells how the last update ended.'
  static override strict = false
  static override usage = 'wait --bank NAME [--bank NAME ...]'
  static override examples = [
    '<%= config.bin %> wait --bank alu',
    '<%= config.bin %> wait --bank alu --follow --timeout 2h',
  ]
  static override flags = {...bankFlags, ...waitFlags}

  async run(): Promise<WaitResult> {
    const banks = namedBanks(this.flags.bank, this.words)
    const cluster = await this.cluster()
    const reports = new Map<string, BankUpdate>()
    const awaited = []
    for (const attachment of await Promise.all(banks.map(async bank => attach(cluster, bank, this.signal)))) {
      const {bank} = attachment
      if (attachment.state === 'active') {
        reports.set(bank, reportOf(bank, 'joined'))
        awaited.push(attachment.awaited)
      } else if (attachment.state === 'idle') {
        reports.set(bank, await reportLast(cluster, bank, attachment.last, {signal: this.signal}))
      } else {
        const {error} = attachment
        reports.set(bank, reportOf(bank, 'refused', {error, reason: error.message}))
      }
    }
    if (awaited.length > 0) {
      for (const report of await watchUpdates(awaited, {
        cluster,
        runtime: this.runtime,
        io: this.io,
        flags: this.flags,
      })) {
        reports.set(report.bank, report)
      }
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
