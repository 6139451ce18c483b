import {Flags} from '@oclif/core'
import {namedBanks} from '../cli/banks-argument.js'
import {ClusterCommand} from '../cli/cluster-command.js'
import {bankFlags} from '../cli/flags.js'
import {LogFollower, readWindow} from '../operations/follow-log.js'
import {sleep} from '../shared/abort.js'
import {BiomajError} from '../shared/errors.js'
import {sanitise} from '../shared/sanitise.js'

export interface LogsResult {
  bank: string
  lines: string[]
}

const followPollMs = 1500

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
    if (this.flags.follow) return this.#follow(bank)
    const cluster = await this.cluster()
    const lines: string[] = []
    for await (const line of cluster.logs.tail(bank, {lines: this.flags.tail, signal: this.signal})) {
      if (this.io.options.json) lines.push(line)
      else
        this.io.show({
          human: () => sanitise(line, {maxLength: 65_536}),
          ids: () => [sanitise(line, {maxLength: 65_536})],
        })
    }
    return {bank, lines}
  }

  /** Polls until Ctrl-C. A cluster that is away for a while is told once and waited for. */
  async #follow(bank: string): Promise<LogsResult> {
    this.jsonStreamed()
    const {logs} = await this.cluster()
    const follower = new LogFollower()
    let first = true
    let away = false
    for (;;) {
      try {
        const {lines, gap} = follower.next(await readWindow(logs, bank, {signal: this.signal}))
        if (away) this.io.note('The cluster answers again.')
        away = false
        if (gap) this.io.warn('Lines were written faster than they could be read; some are missing here.')
        this.#print(bank, first && this.flags.tail > 0 ? lines.slice(-this.flags.tail) : lines)
        first = false
      } catch (error) {
        const retry =
          !first &&
          error instanceof BiomajError &&
          (error.code === 'unreachable' || error.code === 'timeout' || error.code === 'server_error')
        if (!retry) throw error
        if (!away) this.io.warn(`${error.message}; trying again`)
        away = true
      }
      await sleep(followPollMs, this.signal)
    }
  }

  #print(bank: string, lines: readonly string[]): void {
    for (const line of lines) {
      if (this.io.options.json) this.io.json({bank, line}, {pretty: false})
      else this.io.show({human: () => sanitise(line), ids: () => [sanitise(line)]})
    }
  }
}
