import {Args} from '@oclif/core'
import {BaseCommand} from '../../../cli/base-command.js'
import {siteFlags} from '../../../cli/cluster/site-flags.js'
import {withExistingSite} from '../../../cli/cluster/with-site.js'

export interface ScheduleRemoveResult {
  entry: string
}

export default class ScheduleRemove extends BaseCommand<typeof ScheduleRemove, ScheduleRemoveResult> {
  static override summary = 'Take an entry out of the schedule of a cluster on this machine'
  static override description = 'Updates that it has asked for go on.'
  static override examples = ['<%= config.bin %> cluster schedule remove nightly']
  static override args = {entry: Args.string({name: 'ENTRY', description: 'Name of the entry.', required: true})}
  static override flags = siteFlags

  async run(): Promise<ScheduleRemoveResult> {
    const {entry} = this.args
    const lifecycle = await import('../../../cluster/lifecycle/index.js')
    const done = await withExistingSite(lifecycle, {flags: this.flags, runtime: this.runtime}, async site => {
      await lifecycle.scheduleOf(site).remove(entry)
      return true
    })
    if (done === undefined) throw lifecycle.entryUnknown(entry)
    this.io.show({
      human: () => `${this.io.paint('green', '✓')} ${entry} is out of the schedule.`,
      ids: () => [entry],
    })
    return {entry}
  }
}
