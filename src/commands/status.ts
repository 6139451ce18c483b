import {Args, Flags} from '@oclif/core'
import {namedBanks} from '../cli/banks-argument.js'
import {ClusterCommand} from '../cli/cluster-command.js'
import {reportError} from '../cli/error-report.js'
import {exitCodes} from '../cli/exit-codes.js'
import {bankFlags, durationFlag} from '../cli/flags.js'
import {readStatus, type StatusDocument} from '../cli/status/status-view.js'
import {BiomajError} from '../shared/errors.js'

const usualPauseMs = 5000
const shortestPauseMs = 1000

export default class Status extends ClusterCommand<typeof Status, StatusDocument | Record<string, never>> {
  static override summary = 'Show a cluster on one screen, or some of its banks'
  static override description =
    'Services, maintenance, daemons, queue, locks and banks. What cannot be read is shown as not known, with the reason; ' +
    'only when nothing can be read the command fails. With --bank: releases, requests and the last run step by step.'
  static override examples = [
    '<%= config.bin %> status',
    {description: 'One bank, step by step', command: '<%= config.bin %> status --bank alu'},
    {description: 'Banks whose last run failed, for a script', command: '<%= config.bin %> status --failed --quiet'},
    {description: 'Look every ten seconds until Ctrl-C', command: '<%= config.bin %> status --watch --interval 10s'},
    {
      description: 'Is a service down?',
      command: '<%= config.bin %> status --json | jq \'.services.value[] | select(.state != "up")\'',
    },
  ]
  static override args = {bank: Args.string({description: 'Bank, as with --bank.', multiple: true})}
  static override flags = {
    ...bankFlags,
    services: Flags.boolean({summary: 'Only services, with each instance.', exclusive: ['bank', 'failed']}),
    failed: Flags.boolean({summary: 'Only banks whose last run failed, and where.', exclusive: ['bank', 'services']}),
    watch: Flags.boolean({char: 'w', summary: 'Look again and again until Ctrl-C; in a pipe, write what changes.'}),
    interval: durationFlag({summary: 'With --watch: pause between two looks; 5s by default.', dependsOn: ['watch']}),
  }

  async run(): Promise<StatusDocument | Record<string, never>> {
    const {bank, services, failed, watch, interval = usualPauseMs} = this.flags
    const words = this.args.bank ?? []
    if (words.length > 0 && (services || failed)) {
      throw new BiomajError({
        code: 'usage',
        message: '--services and --failed are about the whole cluster',
        hint: 'Leave the banks out.',
      })
    }
    if (interval < shortestPauseMs) throw new BiomajError({code: 'usage', message: '--interval: at least 1s'})
    const banks = bank !== undefined || words.length > 0 ? namedBanks(bank, words) : []
    const view = {cluster: await this.cluster(), banks, services, failed, runtime: this.runtime}
    if (watch) {
      const {watchStatus} = await import('../cli/status/watch-status.js')
      this.jsonStreamed()
      this.exitWith(await watchStatus(view, {io: this.io, pauseMs: interval}))
      return {}
    }
    // The requests are on their way while the code that draws is loaded.
    const [shown, {renderStatus}] = await Promise.all([readStatus(view), import('../cli/status/status-render.js')])
    this.io.show({human: () => renderStatus(shown, {io: this.io, runtime: this.runtime}), ids: () => shown.ids})
    for (const {error} of shown.missing) {
      if (!this.io.options.json) reportError(new BiomajError(error), this.io)
    }
    const [first] = shown.missing
    if (first) this.exitWith(exitCodes[first.error.code])
    return shown.document
  }
}
