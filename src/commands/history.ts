import {Args, Flags} from '@oclif/core'
import type {HistoryEntry} from '../api/contract/bank.js'
import {namedBanks} from '../cli/banks-argument.js'
import {ClusterCommand} from '../cli/cluster-command.js'
import {bankFlags} from '../cli/flags.js'
import {renderTable} from '../cli/terminal/table.js'
import {readHistory} from '../operations/read-history.js'
import {historyColumns} from '../presentation/history.js'

export interface HistoryResult {
  history: HistoryEntry[]
}

export default class History extends ClusterCommand<typeof History, HistoryResult> {
  static override summary = 'List updates and removals that have ended, the newest first'
  static override description =
    'Times are UTC. A request that failed before its first step, such as one of somebody who may not, leaves no entry.'
  static override examples = [
    '<%= config.bin %> history',
    {description: 'The last failures of one bank', command: '<%= config.bin %> history --bank alu --failed --limit 5'},
    {
      description: 'How long each update took, in a pipe',
      command: '<%= config.bin %> history --action update | cat',
    },
  ]
  static override args = {bank: Args.string({description: 'Bank, as with --bank.', multiple: true})}
  static override flags = {
    ...bankFlags,
    limit: Flags.integer({char: 'n', summary: 'At most so many entries.', default: 20, min: 1, helpValue: 'N'}),
    failed: Flags.boolean({summary: 'Only what failed.'}),
    action: Flags.string({summary: 'Only updates or only removals.', options: ['update', 'remove']}),
  }

  async run(): Promise<HistoryResult> {
    const {bank, limit, failed, action} = this.flags
    const words = this.args.bank ?? []
    const banks = bank !== undefined || words.length > 0 ? namedBanks(bank, words) : []
    const history = await readHistory(
      await this.cluster(),
      {banks, action, failedOnly: failed, limit},
      {signal: this.signal},
    )
    const times = {now: this.runtime.date(), relative: this.io.isTerminal}
    this.io.show({
      human: () => (history.length === 0 ? this.#nothing() : renderTable(this.io, historyColumns(times), history)),
      ids: () => history.map(entry => entry.bank),
    })
    return {history}
  }

  #nothing(): string {
    if (this.flags.failed) return 'Nothing failed.'
    const filtered = this.flags.bank !== undefined || this.args.bank !== undefined || this.flags.action !== undefined
    return filtered ? 'No entry in the history fits.' : 'Nothing has run yet.'
  }
}
