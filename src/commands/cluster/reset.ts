import path from 'node:path'
import {Flags} from '@oclif/core'
import {BaseCommand} from '../../cli/base-command.js'
import {confirmName} from '../../cli/cluster/confirm-name.js'
import {shortPath} from '../../cli/cluster/short-path.js'
import {settingsInput, siteFlags} from '../../cli/cluster/site-flags.js'

export interface ClusterResetResult {
  dataDirectory: string
  /** False when no cluster was there. */
  removed: boolean
  /** Names in the folder that the cluster has not made, and that stay. */
  left: string[]
}

export default class ClusterReset extends BaseCommand<typeof ClusterReset, ClusterResetResult> {
  static override summary = 'Remove a cluster with its banks, users and history'
  static override description =
    'Removes what the cluster has made in its folder, all releases included. The cluster must not be running.'
  static override examples = [
    '<%= config.bin %> cluster reset',
    '<%= config.bin %> cluster reset --data /srv/biomaj --confirm biomaj',
  ]
  static override flags = {
    data: siteFlags.data,
    confirm: Flags.string({summary: 'Name of the cluster, instead of being asked for it.', helpValue: 'NAME'}),
  }

  async run(): Promise<ClusterResetResult> {
    const {isSite, resetSite, readSettings} = await import('../../cluster/lifecycle/index.js')
    const input = settingsInput(this.flags, this.runtime)
    const given = input.dataDirectory ?? (this.runtime.env['BIOMAJ_CLUSTER_DATA'] || input.defaultDataDirectory)
    const dataDirectory = path.resolve(this.runtime.cwd, given)
    if (!isSite(dataDirectory)) {
      this.io.show({human: () => `There is no cluster in ${dataDirectory}.`})
      return {dataDirectory, removed: false, left: []}
    }
    const {settings} = await readSettings({...input, dataDirectory})
    const where = this.io.isTerminal ? shortPath(dataDirectory, this.runtime) : dataDirectory
    await confirmName(
      {
        name: settings.name,
        of: 'cluster',
        given: this.flags.confirm,
        question: `Type ${settings.name} to remove ${where} and all its banks`,
      },
      {runtime: this.runtime, io: this.io},
    )
    const left = await resetSite(dataDirectory)
    this.io.show({
      human: () => `${this.io.paint('green', '✓')} The cluster in ${where} is gone.`,
      ids: () => [dataDirectory],
    })
    if (left.length > 0) this.io.note(`What the cluster has not made stays there: ${left.join(', ')}.`)
    return {dataDirectory, removed: true, left}
  }
}
