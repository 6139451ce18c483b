import {Args, Flags} from '@oclif/core'
import {ClusterCommand} from '../cli/cluster-command.js'
import {exitCodes} from '../cli/exit-codes.js'
import {renderTable} from '../cli/terminal/table.js'
import type {KeyState} from '../api/contract/account.js'
import type {BoardBank} from '../operations/board/cluster-board.js'
import {listBanks} from '../operations/list-banks.js'
import {bankColumns} from '../presentation/banks.js'

export interface BanksResult {
  banks: BoardBank[]
  /** `invalid` or `none`: private banks are missing. Null when the cluster did not tell. */
  key: KeyState | null
}

export default class Banks extends ClusterCommand<typeof Banks, BanksResult> {
  static override summary = 'List the banks that you may see'
  static override description =
    'By name, with what each is doing. Names may hold * and ?. The last update is told in the time of the server.'
  static override examples = [
    '<%= config.bin %> banks',
    {description: 'Protein banks whose last run failed', command: '<%= config.bin %> banks --failed --type protein'},
    {description: 'By name, as one JSON document', command: "<%= config.bin %> banks 'genbank*' --json"},
    {description: 'Names only, for a script', command: '<%= config.bin %> banks --visibility private --quiet'},
  ]
  static override args = {
    name: Args.string({description: 'Only banks of this name; * and ? stand for anything.', multiple: true}),
  }
  static override flags = {
    failed: Flags.boolean({summary: 'Only banks whose last run failed.'}),
    type: Flags.string({summary: 'Only banks of this type; repeat it for any of several.', multiple: true}),
    visibility: Flags.string({summary: 'Only public or only private banks.', options: ['public', 'private']}),
  }

  async run(): Promise<BanksResult> {
    const {failed, type, visibility} = this.flags
    const {banks, key, failuresNotKnown} = await listBanks(
      await this.cluster(),
      {names: this.args.name ?? [], failedOnly: failed, types: type ?? [], visibility},
      {signal: this.signal},
    )
    if (failuresNotKnown !== null) this.io.warn(`Which banks failed is not known: ${failuresNotKnown.message}`)
    if (key === 'invalid') {
      this.io.warn('The cluster does not know your API key; private banks are missing.')
      this.exitWith(exitCodes.key_invalid)
    }
    this.io.show({
      human: () => (banks.length === 0 ? this.#nothing() : renderTable(this.io, bankColumns, banks)),
      ids: () => banks.map(({name}) => name),
    })
    return {banks, key}
  }

  #nothing(): string {
    const {failed, type, visibility} = this.flags
    const filtered = type !== undefined || visibility !== undefined || this.args.name !== undefined
    if (failed) return filtered ? 'None of these banks failed.' : 'No bank failed.'
    return filtered ? 'No bank fits.' : 'No banks that you may see.'
  }
}
