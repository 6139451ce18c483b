import path from 'node:path'
import {Flags} from '@oclif/core'
import {BaseCommand} from '../../cli/base-command.js'
import {logText} from '../../cli/cluster/log-text.js'
import {settingsOfSite} from '../../cli/cluster/site-directory.js'
import {instancesFolder, siteFlags} from '../../cli/cluster/site-flags.js'

export default class ClusterLogs extends BaseCommand<typeof ClusterLogs, {file: string}> {
  static override summary = 'Show what a cluster on this machine logs'
  static override description =
    'The log of the services; that of a bank shows `biomaj logs --bank NAME`. With --json the lines as they are: each a ' +
    'JSON object.'
  static override examples = ['<%= config.bin %> cluster logs --follow', '<%= config.bin %> cluster logs --lines 500']
  static override flags = {
    data: siteFlags.data,
    follow: Flags.boolean({char: 'f', summary: 'Go on with what comes, until Ctrl-C.', default: false}),
    lines: Flags.integer({summary: 'How many lines to begin with.', default: 100, min: 0}),
  }

  async run(): Promise<{file: string}> {
    this.jsonStreamed()
    const {Instances, logLines} = await import('../../cluster/lifecycle/instances.js')
    const running = new Instances(instancesFolder(this.runtime)).running()
    const {dataDirectory, defaultDataDirectory} = settingsOfSite({data: this.flags.data}, running, this.runtime)
    const file = path.resolve(this.runtime.cwd, dataDirectory ?? defaultDataDirectory, 'cluster.log')
    const {follow, lines} = this.flags
    try {
      for await (const line of logLines(file, {follow, lines, signal: this.signal})) {
        if (this.io.options.json) this.#jsonLine(line)
        else this.io.show({human: () => logText(this.io, line)})
      }
    } catch (error) {
      // Following has no other end.
      if (!(follow && this.signal.aborted)) throw error
    }
    return {file}
  }

  #jsonLine(line: string): void {
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch {
      // The last words of a crash are no JSON; in the stream they are told as a message.
      value = {msg: line}
    }
    this.io.json(value, {pretty: false})
  }
}
