import {Flags} from '@oclif/core'
import {environmentRemarks} from '../../cli/account/environment-remarks.js'
import {accountStores} from '../../cli/account/stores.js'
import {BaseCommand} from '../../cli/base-command.js'
import {forgetTemporaryContexts, keepLocalContext, keyToOffer, systemUser} from '../../cli/cluster/local-context.js'
import {type ReadyEvent, readyText} from '../../cli/cluster/ready.js'
import {untilEnd} from '../../cli/cluster/serve-until.js'
import {instancesFolder, seedFlag, settingFlags, settingsInput, siteFlags} from '../../cli/cluster/site-flags.js'
import {startOptions} from '../../cli/cluster/start-options.js'
import {startDetached} from '../../cli/cluster/start-detached.js'
import {interruptionOf} from '../../shared/abort.js'

const parentGone = 'Ending: the process that started this cluster is gone.'
/** How long unfinished work may take to be given back after the first Ctrl-C. */
const graceMs = 15_000

export default class ClusterStart extends BaseCommand<typeof ClusterStart, ReadyEvent> {
  static override summary = 'Start a whole BioMAJ cluster on this machine'
  static override description =
    'Runs until Ctrl-C, SIGTERM or the end of the process that started it; a second Ctrl-C ends it at once. Selects a ' +
    'context, so that all commands use this cluster. With --json prints one line when it serves.'
  static override examples = [
    '<%= config.bin %> cluster start',
    {description: 'In the background', command: '<%= config.bin %> cluster start --detach'},
    {description: 'To try things out', command: '<%= config.bin %> cluster start --memory --port 0 --seed demo'},
  ]
  static override flags = {
    ...siteFlags,
    ...settingFlags,
    memory: Flags.boolean({
      summary: 'Keep nothing: all of it is gone at the end.',
      exclusive: ['data'],
      default: false,
    }),
    seed: seedFlag,
    detach: Flags.boolean({summary: 'Start it in the background, and come back when it serves.'}),
    'outlive-parent': Flags.boolean({
      summary: 'Go on when the process that started it is gone.',
      default: false,
    }),
    context: Flags.string({summary: 'Context to make and select.', default: 'local', helpValue: 'NAME'}),
    'no-context': Flags.boolean({summary: 'Make no context, and select none.'}),
  }

  async run(): Promise<ReadyEvent> {
    this.jsonStreamed()
    this.runtime.allowAfterInterrupt(graceMs)
    if (this.flags.detach) {
      const {env, cwd} = this.runtime
      const ready = await startDetached({root: this.config.root, argv: this.argv, env, cwd, signal: this.signal})
      this.#tell(ready)
      return ready
    }
    const {context: contextName, memory, 'outlive-parent': outlives} = this.flags
    // Before what takes longer to load: a parent that ends in between would never be missed.
    const {endWithParent} = await import('../../cluster/lifecycle/parent-watch.js')
    const parent = outlives ? undefined : endWithParent({onGone: () => this.io.note(parentGone)})
    const {Instances, startCluster, inTemporaryFolder, readSettings} = await import('../../cluster/lifecycle/index.js')
    const stores = accountStores(this.runtime)
    const input = settingsInput(this.flags, this.runtime)
    const user = systemUser()
    const alive = new Set(new Instances(instancesFolder(this.runtime)).running().map(({pid}) => pid))
    // Those of clusters that could not take theirs back.
    await forgetTemporaryContexts(pid => !alive.has(pid), stores)
    const key = await keyToOffer(contextName, user, stores)
    const {settings} = memory
      ? await inTemporaryFolder(dataDirectory => readSettings({...input, memory, dataDirectory}))
      : await readSettings(input)
    const {root, version} = this.config
    const options = startOptions({runtime: this.runtime, root, version}, {user, key, seed: this.flags.seed})
    const cluster = await startCluster({...options, settings, detached: outlives, signal: this.signal})
    try {
      const {url, pid, port, name, dataDirectory, detached, logFile} = cluster.instance
      const kept = this.flags['no-context']
        ? undefined
        : await keepLocalContext({name: contextName, url, user, key, pid: memory ? pid : undefined}, stores)
      const ready: ReadyEvent = {
        event: 'ready',
        url,
        pid,
        port,
        name,
        dataDirectory,
        memory,
        detached,
        logFile,
        user,
        context: kept?.name ?? null,
      }
      if (kept) for (const remark of environmentRemarks(kept, stores, this.runtime)) this.io.warn(remark)
      else if (!this.flags['no-context'])
        this.io.warn(`The context "${contextName}" is of another cluster and stays as it is; name one with --context`)
      this.#tell(ready)
      await untilEnd(this.signal)
      if (interruptionOf(this.signal).code === 'interrupted') this.io.note('Ending; Ctrl-C again ends at once.')
      return ready
    } finally {
      parent?.stop()
      try {
        // First, so that a second signal finds it done.
        if (memory) await forgetTemporaryContexts(pid => pid === cluster.instance.pid, stores)
      } finally {
        await cluster.stop()
      }
    }
  }

  #tell(ready: ReadyEvent): void {
    if (this.io.options.json) this.io.json(ready, {pretty: false})
    else this.io.show({human: () => readyText(this.io, ready), ids: () => [ready.url]})
  }
}
