import {Args, Flags} from '@oclif/core'
import {accountStores} from '../../cli/account/stores.js'
import {BaseCommand} from '../../cli/base-command.js'
import {keyToOffer, newLocalKey, systemUser} from '../../cli/cluster/local-context.js'
import {runBeside} from '../../cli/cluster/run-beside.js'
import {seedFlag, settingFlags, settingsInput, siteFlags} from '../../cli/cluster/site-flags.js'
import {startOptions} from '../../cli/cluster/start-options.js'

export interface ClusterExecResult {
  command: string[]
  url: string
  exitCode: number
}

/** A command may take its time to end after a signal; a second one ends us at once. */
const longestEndMs = 24 * 3_600_000
/** The cluster itself may not. */
const graceMs = 15_000

export default class ClusterExec extends BaseCommand<typeof ClusterExec, ClusterExecResult> {
  static override summary = 'Run a command with a cluster of its own'
  static override description =
    'Starts a cluster, runs the command with BIOMAJ_PROXY and BIOMAJ_APIKEY set to it, stops the cluster, and exits with ' +
    'the status of the command. Without --data nothing of it stays.'
  static override usage = 'cluster exec [FLAGS] -- COMMAND [ARGUMENT ...]'
  static override examples = [
    '<%= config.bin %> cluster exec -- biomaj update --bank alu --wait',
    {description: 'A test of ours', command: '<%= config.bin %> cluster exec --seed demo -- npm test'},
  ]
  static override args = {
    command: Args.string({
      name: 'COMMAND',
      description: 'Command and its arguments, behind --.',
      multiple: true,
      required: true,
    }),
  }
  static override flags = {
    ...siteFlags,
    data: Flags.string({
      summary: 'Folder in which the cluster keeps everything (BIOMAJ_CLUSTER_DATA); by default a temporary one.',
      helpValue: 'DIR',
      helpGroup: 'CLUSTER',
    }),
    ...settingFlags,
    seed: seedFlag,
  }

  async run(): Promise<ClusterExecResult> {
    this.runtime.allowAfterInterrupt(graceMs)
    // Before what takes longer to load: a parent that ends in between would never be missed.
    const {endWithParent} = await import('../../cluster/lifecycle/parent-watch.js')
    const parent = endWithParent()
    const {startCluster, inTemporaryFolder, readSettings} = await import('../../cluster/lifecycle/index.js')
    const input = settingsInput({...this.flags, port: this.flags.port ?? '0'}, this.runtime)
    const memory = this.flags.data === undefined && !this.runtime.env['BIOMAJ_CLUSTER_DATA']
    const user = systemUser()
    const key = memory ? newLocalKey() : await keyToOffer('local', user, accountStores(this.runtime))
    const {settings} = memory
      ? await inTemporaryFolder(dataDirectory => readSettings({...input, memory, dataDirectory}))
      : await readSettings(input)
    const {root, version} = this.config
    const options = startOptions({runtime: this.runtime, root, version}, {user, key, seed: this.flags.seed})
    const cluster = await startCluster({...options, settings, detached: false, signal: this.signal})
    try {
      this.runtime.allowAfterInterrupt(longestEndMs)
      const {url, dataDirectory} = cluster.instance
      const {exitCode, problem} = await runBeside(
        {
          words: this.words,
          root,
          env: {
            BIOMAJ_PROXY: url,
            BIOMAJ_APIKEY: key.reveal(),
            BIOMAJ_CONTEXT: undefined,
            BIOMAJ_CLUSTER_DATA: dataDirectory,
          },
          stdoutTaken: this.io.options.json,
        },
        this.runtime,
      )
      if (problem !== undefined) this.io.failure(problem)
      this.exitWith(exitCode)
      return {command: [...this.words], url, exitCode}
    } finally {
      parent.stop()
      this.runtime.allowAfterInterrupt(graceMs)
      await cluster.stop()
    }
  }
}
