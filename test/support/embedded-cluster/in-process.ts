import path from 'node:path'
import {fileURLToPath} from 'node:url'
import {startCluster} from '../../../src/cluster/lifecycle/start-cluster.js'
import type {RunningCluster} from '../../../src/cluster/lifecycle/start-cluster.js'
import {readSettings} from '../../../src/cluster/settings/read-settings.js'
import type {ClusterUser} from '../real-cluster/index.js'

const samples = fileURLToPath(new URL('../../../assets', import.meta.url))

/** Starts all services in this process on a data directory made by `makeSite`, at any free port unless told otherwise. */
export async function startInProcess(
  root: string,
  {
    admin,
    port = 0,
    flags = {},
  }: {admin: ClusterUser; port?: number; flags?: Readonly<Record<string, string>> | undefined},
): Promise<RunningCluster> {
  const given = {'cluster.port': String(port), 'cluster.log.level': 'debug', ...flags}
  const {settings} = await readSettings({
    flags: Object.fromEntries(Object.entries(given).map(([key, value]) => [key, {value, source: 'the test'}])),
    dataDirectory: root,
    defaultDataDirectory: root,
    memory: false,
    env: {},
    cwd: root,
  })
  return await startCluster({
    settings,
    env: {PATH: process.env['PATH'], HOME: root, LANG: 'C.UTF-8', TZ: 'UTC'},
    version: '0.0.0-test',
    admin: {id: admin.name, key: admin.apiKey},
    instancesDirectory: path.join(root, 'instances'),
    sampleDirectory: samples,
    detached: false,
  })
}
