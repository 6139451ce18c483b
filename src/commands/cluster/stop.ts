import {Flags} from '@oclif/core'
import {BaseCommand} from '../../cli/base-command.js'
import {chooseInstance} from '../../cli/cluster/find-instance.js'
import {instancesFolder, settingsInput, siteFlags} from '../../cli/cluster/site-flags.js'
import {durationFlag} from '../../cli/flags.js'

export interface ClusterStopResult {
  /** False when none was running. */
  stopped: boolean
  pid: number | null
  url: string | null
  dataDirectory: string | null
}

export default class ClusterStop extends BaseCommand<typeof ClusterStop, ClusterStopResult> {
  static override summary = 'Stop a cluster on this machine'
  static override description =
    'Unfinished work is given back, and goes on at the next start. It is no error when no cluster runs.'
  static override examples = ['<%= config.bin %> cluster stop', '<%= config.bin %> cluster stop --data /srv/biomaj']
  static override flags = {
    data: siteFlags.data,
    immediately: Flags.boolean({summary: 'Leave all work where it stands.', default: false}),
    timeout: durationFlag({summary: 'How long to wait for its end; 30s by default.'}),
  }

  async run(): Promise<ClusterStopResult> {
    const {Instances, stopCluster} = await import('../../cluster/lifecycle/instances.js')
    const running = new Instances(instancesFolder(this.runtime)).running()
    const {defaultDataDirectory} = settingsInput({}, this.runtime)
    const {data, immediately, timeout: patienceMs = 30_000} = this.flags
    const instance = chooseInstance(running, {data, defaultDataDirectory, runtime: this.runtime})
    if (instance === undefined) {
      this.io.show({human: () => 'No cluster runs.'})
      return {stopped: false, pid: null, url: null, dataDirectory: null}
    }
    await stopCluster(instance, {immediately, patienceMs, signal: this.signal})
    const {pid, url, dataDirectory} = instance
    this.io.show({
      human: () => `${this.io.paint('green', '✓')} The cluster at ${url} (pid ${pid}) has ended.`,
      ids: () => [String(pid)],
    })
    return {stopped: true, pid, url, dataDirectory}
  }
}
