import {BaseCommand} from '../../../cli/base-command.js'
import {type ScheduleEntryJson, scheduleEntryColumns, scheduleEntryJson} from '../../../cli/cluster/schedule-entries.js'
import {siteFlags} from '../../../cli/cluster/site-flags.js'
import {withExistingSite} from '../../../cli/cluster/with-site.js'
import {renderTable} from '../../../cli/terminal/table.js'

export interface ScheduleListResult {
  entries: ScheduleEntryJson[]
}

export default class ScheduleList extends BaseCommand<typeof ScheduleList, ScheduleListResult> {
  static override summary = 'List when a cluster on this machine updates banks by itself'
  static override description =
    'The entries of its schedule. Banks with schedule.auto in their properties are updated besides, when their source has ' +
    'a new release.'
  static override examples = [
    '<%= config.bin %> cluster schedule list',
    '<%= config.bin %> cluster schedule list --json',
  ]
  static override flags = siteFlags

  async run(): Promise<ScheduleListResult> {
    const lifecycle = await import('../../../cluster/lifecycle/index.js')
    const caller = {flags: this.flags, runtime: this.runtime}
    const found = (await withExistingSite(lifecycle, caller, site => lifecycle.scheduleOf(site).list())) ?? []
    const entries = found.map(entry => scheduleEntryJson(entry))
    const style = {now: this.runtime.date(), relative: this.io.isTerminal}
    this.io.show({
      human: () =>
        entries.length === 0
          ? 'The schedule is empty. Add to it with `biomaj cluster schedule add`.'
          : renderTable(this.io, scheduleEntryColumns(style), entries),
      ids: () => entries.map(({name}) => name),
    })
    return {entries}
  }
}
