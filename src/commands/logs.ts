import {Flags} from '@oclif/core'
import {namedBanks} from '../cli/banks-argument.js'
import {ClusterCommand} from '../cli/cluster-command.js'
import {bankFlags} from '../cli/flags.js'
import {followLog, showLines} from '../cli/updates/follow-log.js'
import {readLog} from '../operations/wait/evidence.js'
import {BiomajError} from '../shared/errors.js'

export interface LogsResult {
  bank: string
  lines: string[]
}

export default class Logs extends ClusterCommand<typeof Logs, LogsResult> {
  static override summary = "Show the log of a bank's last run"
  static override description =
    'The cluster serves the log of the last run only. With --follow and --json each line is a JSON object of its own.'
  static override strict = false
  static override usage = 'logs --bank NAME'
  static override examples = [
    '<%= config.bin %> logs --bank alu',
    '<%= config.bin %> logs --bank alu --tail 500',
    '<%= config.bin %> logs --bank alu --follow',
  ]
  static override flags = {
    ...bankFlags,
    tail: Flags.integer({char: 'n', summary: 'Lines from the end; 0 for the whole log.', default: 100, min: 0}),
    follow: Flags.boolean({char: 'f', summary: 'Go on with what is written later, until Ctrl-C.'}),
  }

  async run(): Promise<LogsResult> {
    const [bank, ...more] = namedBanks(this.flags.bank, this.words)
    if (bank === undefined || more.length > 0) throw new BiomajError({code: 'usage', message: 'One bank at a time'})
    const cluster = await this.cluster()
    const view = {io: this.io, bank}
    if (this.flags.follow) {
      this.jsonStreamed()
      this.exitWith(
        await followLog(cluster, view, {lines: this.flags.tail, signal: this.signal, clock: this.runtime.clock}),
      )
      return {bank, lines: []}
    }
    const lines = await readLog(cluster, bank, {lines: this.flags.tail, signal: this.signal})
    if (!this.io.options.json) showLines(view, lines)
    return {bank, lines}
  }
}
