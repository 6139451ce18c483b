import {Args, Flags} from '@oclif/core'
import {BaseCommand} from '../../../cli/base-command.js'
import {systemUser} from '../../../cli/cluster/local-context.js'
import {type ScheduleEntryJson, scheduleEntryJson} from '../../../cli/cluster/schedule-entries.js'
import {siteFlags} from '../../../cli/cluster/site-flags.js'
import {withSite} from '../../../cli/cluster/with-site.js'
import {nextCell} from '../../../presentation/schedule.js'

export interface ScheduleAddResult {
  entry: ScheduleEntryJson
  /** There was an entry of that name. */
  replaced: boolean
}

export default class ScheduleAdd extends BaseCommand<typeof ScheduleAdd, ScheduleAddResult> {
  static override summary = 'Have a cluster on this machine update banks at set times'
  static override description =
    'Times are those of cron (minute, hour, day, month, day of the week), in the time zone of this machine. While the ' +
    'cluster does not run, nothing is updated. An entry of the same name is replaced.'
  static override examples = [
    '<%= config.bin %> cluster schedule add nightly --cron "0 3 * * *" --bank alu,pfam',
    '<%= config.bin %> cluster schedule add weekly --cron "30 22 * * sun" --bank silva --comment "it is large"',
  ]
  static override args = {entry: Args.string({name: 'ENTRY', description: 'Name of the entry.', required: true})}
  static override flags = {
    ...siteFlags,
    cron: Flags.string({summary: 'When: five fields of cron.', helpValue: 'TIMES', required: true}),
    bank: Flags.string({
      char: 'b',
      summary: 'Bank; repeat it, or separate several by commas.',
      helpValue: 'NAME',
      multiple: true,
      required: true,
    }),
    user: Flags.string({
      summary: 'Id of the user with whose rights banks are updated; by default you.',
      helpValue: 'USER',
    }),
    comment: Flags.string({summary: 'What it is for.', helpValue: 'TEXT', default: ''}),
  }

  async run(): Promise<ScheduleAddResult> {
    const {entry: name} = this.args
    const {cron: slices, comment, user = systemUser()} = this.flags
    const banks = this.flags.bank.flatMap(word => word.split(',')).map(bank => bank.trim())
    const lifecycle = await import('../../../cluster/lifecycle/index.js')
    const {entry, replaced} = await withSite(lifecycle, {flags: this.flags, runtime: this.runtime}, async site => {
      const schedule = lifecycle.scheduleOf(site)
      const replaced = await schedule.put({name, slices, banks, comment, user})
      const entry = (await schedule.list()).find(one => one.name === name)
      if (entry === undefined) throw lifecycle.entryUnknown(name)
      return {entry: scheduleEntryJson(entry), replaced}
    })
    const next = nextCell(entry.next, {now: this.runtime.date(), relative: this.io.isTerminal})
    this.io.show({
      human: () => `${this.io.paint('green', '✓')} ${name} updates ${entry.banks.join(', ')}; next: ${next}.`,
      ids: () => [name],
    })
    return {entry, replaced}
  }
}
