import path from 'node:path'
import {Flags} from '@oclif/core'
import {Questions} from '../../cli/account/questions.js'
import {BaseCommand} from '../../cli/base-command.js'
import {settingsInput, siteFlags} from '../../cli/cluster/site-flags.js'
import {BiomajError} from '../../shared/errors.js'

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
    '<%= config.bin %> cluster reset --data /srv/biomaj --yes',
  ]
  static override flags = {
    data: siteFlags.data,
    yes: Flags.boolean({char: 'y', summary: 'Do not ask for the name of the cluster.', default: false}),
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
    if (!this.flags.yes) {
      const {settings} = await readSettings({...input, dataDirectory})
      await this.#confirm(settings.name, dataDirectory)
    }
    const left = await resetSite(dataDirectory)
    this.io.show({
      human: () => `${this.io.paint('green', '✓')} The cluster in ${dataDirectory} is gone.`,
      ids: () => [dataDirectory],
    })
    if (left.length > 0) this.io.note(`What the cluster has not made stays there: ${left.join(', ')}.`)
    return {dataDirectory, removed: true, left}
  }

  async #confirm(name: string, dataDirectory: string): Promise<void> {
    const question = `Type ${name} to remove the cluster in ${dataDirectory} with all its banks`
    const answer = await new Questions(this.runtime, this.io).ask(question, {flag: '--yes'})
    if (answer === name) return
    throw new BiomajError({
      code: 'refused',
      message: 'Nothing was removed',
      hint: 'That is not the name of the cluster.',
    })
  }
}
