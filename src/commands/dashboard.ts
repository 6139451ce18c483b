import {Flags} from '@oclif/core'
import {ClusterCommand} from '../cli/cluster-command.js'
import {dashboardHost} from '../cli/dashboard/host.js'
import {runDashboard, type ShowDashboard} from '../cli/dashboard/run-dashboard.js'
import {durationFlag} from '../cli/flags.js'
import {BiomajError} from '../shared/errors.js'

const usualIntervalMs = 2000
const shortestIntervalMs = 1000

export default class Dashboard extends ClusterCommand<typeof Dashboard, Record<string, never>> {
  static override summary = 'Watch a cluster, live and full-screen'
  static override description =
    'Services, queue, running updates, banks and logs on one board. Press ? for the keys, q to leave.'
  static override examples = [
    '<%= config.bin %> dashboard',
    {description: 'Look, but change nothing', command: '<%= config.bin %> dashboard --read-only'},
    {description: 'A slow line', command: '<%= config.bin %> dashboard --interval 10s'},
  ]
  static override flags = {
    'read-only': Flags.boolean({summary: 'No key can change the cluster (BIOMAJ_READ_ONLY).'}),
    interval: durationFlag({summary: 'Pause between two rounds of questions; 2s by default.'}),
  }

  async run(): Promise<Record<string, never>> {
    const {interval = usualIntervalMs} = this.flags
    if (interval < shortestIntervalMs) throw new BiomajError({code: 'usage', message: '--interval: at least 1s'})
    const target = this.target()
    const {openDashboard} = await import('../ui/open-dashboard.js')
    const show: ShowDashboard = async output =>
      openDashboard(
        dashboardHost({
          runtime: this.runtime,
          output,
          io: this.io,
          target,
          version: this.config.version,
          intervalMs: interval,
          readOnly: this.flags['read-only'],
        }),
      )
    this.exitWith(await runDashboard(show, {runtime: this.runtime, io: this.io}))
    return {}
  }
}
