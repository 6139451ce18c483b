import type {BankSummary} from '../api/contract/bank.js'
import {ClusterCommand} from '../cli/cluster-command.js'
import {renderTable} from '../cli/table.js'
import {bankColumns} from '../presentation/banks.js'

export interface BanksResult {
  banks: BankSummary[]
}

export default class Banks extends ClusterCommand<typeof Banks, BanksResult> {
  static override summary = 'List the banks that you may see'
  static override examples = ['<%= config.bin %> banks', '<%= config.bin %> banks --json']

  async run(): Promise<BanksResult> {
    const cluster = await this.cluster()
    const banks = await cluster.banks.list({signal: this.signal})
    this.io.show({
      human: () => (banks.length === 0 ? 'No banks that you may see.' : renderTable(this.io, bankColumns, banks)),
      ids: () => banks.map(({name}) => name),
    })
    return {banks}
  }
}
