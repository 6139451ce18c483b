import path from 'node:path'
import {BaseCommand} from '../../cli/base-command.js'
import {type InstanceJson, instanceColumns} from '../../cli/cluster/columns.js'
import type {RunningInstance} from '../../cli/cluster/find-instance.js'
import {instancesFolder, siteFlags} from '../../cli/cluster/site-flags.js'
import {renderTable} from '../../cli/terminal/table.js'

export interface ClusterStatusResult {
  running: boolean
  clusters: InstanceJson[]
}

export default class ClusterStatus extends BaseCommand<typeof ClusterStatus, ClusterStatusResult> {
  static override summary = 'Tell which clusters run on this machine'
  static override description =
    'Those that this user has started. Exits with 1 when none runs. What a cluster does, `biomaj status` tells.'
  static override examples = ['<%= config.bin %> cluster status', '<%= config.bin %> cluster status --json']
  static override flags = {data: siteFlags.data}

  async run(): Promise<ClusterStatusResult> {
    const {Instances, answersAt} = await import('../../cluster/lifecycle/instances.js')
    const {data} = this.flags
    const wanted = data === undefined ? undefined : path.resolve(this.runtime.cwd, data)
    const running = new Instances(instancesFolder(this.runtime))
      .running()
      .filter(({dataDirectory}) => wanted === undefined || dataDirectory === wanted)
    const clusters = await Promise.all(
      running.map(async instance => ({
        ...factsOf(instance),
        answers: await answersAt(instance.url, {pid: instance.pid, signal: this.signal}),
      })),
    )
    const style = {now: this.runtime.date(), relative: this.io.isTerminal}
    this.io.show({
      human: () =>
        clusters.length === 0
          ? 'No cluster runs. Start one with `biomaj cluster start`.'
          : renderTable(
              this.io,
              instanceColumns(style, {isTerminal: this.io.isTerminal, home: this.runtime.home}),
              clusters,
            ),
      ids: () => clusters.map(({url}) => url),
    })
    this.exitWith(clusters.length > 0 && clusters.every(({answers}) => answers) ? 0 : 1)
    return {running: clusters.length > 0, clusters}
  }
}

function factsOf({
  name,
  url,
  port,
  pid,
  startedAt,
  dataDirectory,
  memory,
  detached,
  logFile,
}: RunningInstance): RunningInstance {
  return {name, url, port, pid, startedAt, dataDirectory, memory, detached, logFile}
}
