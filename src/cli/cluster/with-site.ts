import type {Runtime} from '../runtime.js'
import type {RunningInstance} from './find-instance.js'
import {settingsOfSite} from './site-directory.js'
import {instancesFolder} from './site-flags.js'

/** What this needs of the lifecycle, which only commands may import. */
interface SiteModule<Settings, Site> {
  readSettings: (input: ReturnType<typeof settingsOfSite>) => Promise<{settings: Settings}>
  openSite: (settings: Settings, env: Runtime['env']) => Promise<Site>
  Instances: new (folder: string) => {running(): RunningInstance[]}
}

interface Caller {
  flags: {data?: string | undefined; config?: string | undefined}
  runtime: Runtime
}

/** Opens the files and the database of the cluster that is meant, whether it runs or not, and closes them again. */
export async function withSite<Settings, Site extends {close(): Promise<void>}, Result>(
  {readSettings, openSite, Instances}: SiteModule<Settings, Site>,
  {flags, runtime}: Caller,
  use: (site: Site, settings: Settings) => Promise<Result>,
): Promise<Result> {
  const settings = await settingsFor({readSettings, Instances}, {flags, runtime})
  const site = await openSite(settings, runtime.env)
  try {
    return await use(site, settings)
  } finally {
    await site.close()
  }
}

/** The same for commands that begin nothing new: undefined, and nothing is written, where no cluster ever was. */
export async function withExistingSite<
  Settings extends {dataDirectory: string},
  Site extends {close(): Promise<void>},
  Result,
>(
  lifecycle: SiteModule<Settings, Site> & {isSite: (dataDirectory: string) => boolean},
  caller: Caller,
  use: (site: Site, settings: Settings) => Promise<Result>,
): Promise<Result | undefined> {
  const {dataDirectory} = await settingsFor(lifecycle, caller)
  return lifecycle.isSite(dataDirectory) ? withSite(lifecycle, caller, use) : undefined
}

async function settingsFor<Settings>(
  {readSettings, Instances}: Pick<SiteModule<Settings, unknown>, 'readSettings' | 'Instances'>,
  {flags, runtime}: Caller,
): Promise<Settings> {
  const running = new Instances(instancesFolder(runtime)).running()
  return (await readSettings(settingsOfSite(flags, running, runtime))).settings
}
