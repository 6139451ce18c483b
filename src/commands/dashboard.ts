import {Flags} from '@oclif/core'
import {ClusterCommand} from '../cli/cluster-command.js'
import {dashboardForm} from '../cli/dashboard/form.js'
import {dashboardHost} from '../cli/dashboard/host.js'
import {runDashboard, type ScreenOutput} from '../cli/dashboard/run-dashboard.js'
import {durationFlag} from '../cli/flags.js'
import {BiomajError} from '../shared/errors.js'

const usualIntervalMs = 2000
const shortestIntervalMs = 1000

export default class Dashboard extends ClusterCommand<typeof Dashboard, object> {
  static override summary = 'Watch a cluster, live and full-screen'
  static override description =
    'Services, queue, running updates, banks and logs on one board. Press ? for the keys, q to leave. ' +
    'Without a terminal, and with --once or --json, the board is shown once, as text or as one document.'
  static override examples = [
    '<%= config.bin %> dashboard',
    {description: 'Look, but change nothing', command: '<%= config.bin %> dashboard --read-only'},
    {description: 'A slow line', command: '<%= config.bin %> dashboard --interval 10s'},
    {description: 'The board as text, for a mail', command: '<%= config.bin %> dashboard --once'},
    {
      description: 'Does anything need an administrator?',
      command: "<%= config.bin %> dashboard --json | jq -r '.attention[].text'",
    },
  ]
  static override flags = {
    'read-only': Flags.boolean({summary: 'No key can change the cluster (BIOMAJ_READ_ONLY).'}),
    interval: durationFlag({summary: 'Pause between two rounds of questions; 2s by default.'}),
    once: Flags.boolean({summary: 'Show the board once, as text; implied without a terminal.'}),
    'screen-reader': Flags.boolean({
      summary: 'Say what happens in sentences below each other (ACCESSIBLE, INK_SCREEN_READER).',
      exclusive: ['once'],
    }),
  }

  async run(): Promise<object> {
    const {interval = usualIntervalMs, once} = this.flags
    if (interval < shortestIntervalMs) throw new BiomajError({code: 'usage', message: '--interval: at least 1s'})
    const {io, runtime} = this
    const form = dashboardForm({once, screenReader: this.flags['screen-reader'], json: io.options.json}, runtime)
    if (form === 'once') return this.#showOnce(interval)
    const host = this.#hosts(interval)
    const show =
      form === 'linear'
        ? (await import('../ui/screen-reader/open-linear.js')).openLinear
        : (await import('../ui/open-dashboard.js')).openDashboard
    this.exitWith(await runDashboard(async output => show(host(output)), {runtime, io}))
    return {}
  }

  async #showOnce(intervalMs: number): Promise<object> {
    const {readBoardOnce} = await import('../ui/once/read-board-once.js')
    const {document, text} = await readBoardOnce(this.#hosts(intervalMs)(this.runtime.stdout))
    this.io.show({
      human: () => text({columns: this.io.columns, color: this.io.color}),
      ids: () => (document.banks.available ? document.banks.value.map(({name}) => name) : []),
    })
    return document
  }

  #hosts(intervalMs: number) {
    const target = this.target()
    const readOnly = this.flags['read-only']
    const {runtime, io, config} = this
    return (output: ScreenOutput) =>
      dashboardHost({
        runtime,
        output,
        io,
        target,
        findTarget: () => this.findTarget(),
        version: config.version,
        intervalMs,
        readOnly,
      })
  }
}
