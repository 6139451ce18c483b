import {Flags} from '@oclif/core'
import {BaseCommand} from '../../cli/base-command.js'
import {type SettingJson, settingColumns} from '../../cli/cluster/columns.js'
import {settingFlags, settingsInput, siteFlags} from '../../cli/cluster/site-flags.js'
import {renderTable} from '../../cli/terminal/table.js'

export interface ClusterConfigResult {
  dataDirectory: string
  globalProperties: string
  /** Whether that file is there. */
  fileFound: boolean
  settings: SettingJson[]
}

export default class ClusterConfig extends BaseCommand<typeof ClusterConfig, ClusterConfigResult> {
  static override summary = 'Show the settings of a cluster, and where each comes from'
  static override description =
    'A flag wins over the environment, that over global.properties, that over the default. BIOMAJ_X_Y_Z sets x.y.z. ' +
    'Values that are or hold a password are not shown. With --defaults prints a global.properties to begin with.'
  static override examples = [
    '<%= config.bin %> cluster config',
    '<%= config.bin %> cluster config --data /srv/biomaj --defaults > global.properties',
  ]
  static override flags = {
    ...siteFlags,
    ...settingFlags,
    defaults: Flags.boolean({summary: 'Print a file with all settings, explained.', default: false}),
  }

  async run(): Promise<ClusterConfigResult> {
    const {newGlobalProperties, readSettings} = await import('../../cluster/settings/index.js')
    const input = settingsInput(this.flags, this.runtime)
    const {defaults} = this.flags
    const {settings, values, fileFound} = await readSettings(
      defaults ? {...input, flags: {}, env: {}, withoutFile: true} : input,
    )
    const {dataDirectory, globalProperties} = settings
    const shown = values.map(({secret, value, key, origin, source}) => ({
      key,
      value: secret ? null : value,
      origin,
      source,
    }))
    this.io.show({
      human: () =>
        defaults
          ? newGlobalProperties(dataDirectory).trimEnd()
          : renderTable(this.io, settingColumns({isTerminal: this.io.isTerminal, home: this.runtime.home}), shown),
      ids: () => shown.map(({key}) => key),
    })
    if (!defaults) {
      this.io.note(
        fileFound ? `File: ${globalProperties}` : `There is no ${globalProperties} yet; the first start writes one.`,
      )
    }
    return {dataDirectory, globalProperties, fileFound, settings: shown}
  }
}
