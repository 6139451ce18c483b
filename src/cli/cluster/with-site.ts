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
  const running = new Instances(instancesFolder(runtime)).running()
  const {settings} = await readSettings(settingsOfSite(flags, running, runtime))
  const site = await openSite(settings, runtime.env)
  try {
    return await use(site, settings)
  } finally {
    await site.close()
  }
}
