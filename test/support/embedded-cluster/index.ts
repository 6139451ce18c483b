import {mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {addBank} from '../../../src/cluster/lifecycle/add-bank.js'
import {gateFile} from '../real-cluster/banks.js'
import type {RealCluster} from '../real-cluster/index.js'
import {defaultUsers, send, writeScripts} from '../real-cluster/index.js'
import {until} from '../until.js'
import {startChild} from './child.js'
import {startInProcess} from './in-process.js'
import {folders, globalProperties, makeSite, withStore} from './site.js'
import type {Folder} from './site.js'

/** What tests need of a cluster, whichever it is. */
export type TestCluster = Pick<
  RealCluster,
  'url' | 'root' | 'users' | 'user' | 'addBank' | 'openGate' | 'request' | 'halt' | 'start' | 'restart' | 'stop'
> & {readonly paths: Readonly<Record<Folder, string>>}

export interface EmbeddedCluster extends TestCluster {
  /** Of the process that all services are in. */
  readonly pid: number
  /** Waits until no job is queued or running. */
  settle(deadlineMs?: number): Promise<void>
  /** Kills the process, as a power cut would end it. `start` goes on with what is on disk. */
  kill(): Promise<void>
}

export interface EmbeddedClusterOptions {
  /** The installed product in a process of its own, or these sources in this one (default). */
  as?: 'process' | 'in this process'
  /** More lines of `global.properties`, or other values than the usual. */
  globalProperties?: Readonly<Record<string, string>>
  /** Settings of the cluster, such as `cluster.workers.download`. */
  flags?: Readonly<Record<string, string>>
}

interface Running {
  url: string
  port: number
  pid: number
  stop(): Promise<void>
  kill(): Promise<void>
}

/** Starts the embedded cluster on loopback below a new temporary folder, without banks. Always `stop()` it. */
export async function startEmbeddedCluster(options: EmbeddedClusterOptions = {}): Promise<EmbeddedCluster> {
  const root = await mkdtemp(path.join(tmpdir(), 'biomaj-embedded-'))
  const users = defaultUsers
  const paths = Object.fromEntries(folders.map(folder => [folder, path.join(root, folder)])) as Record<Folder, string>
  const user = (name: string): (typeof users)[number] => {
    const found = users.find(candidate => candidate.name === name)
    if (found === undefined) throw new Error(`The cluster has no user ${name}`)
    return found
  }
  const launch = async (port: number): Promise<Running> => await launchAs(options, {root, port, admin: user('admin')})
  let running: Running
  try {
    await makeSite(root, {users, admin: 'admin', globalProperties: globalProperties(options.globalProperties)})
    running = await launch(0)
  } catch (error) {
    await rm(root, {recursive: true, force: true})
    throw error
  }
  const {url, port} = running
  const cluster: EmbeddedCluster = {
    url,
    root,
    users,
    user,
    paths,
    get pid() {
      return running.pid
    },
    async addBank(definition, owner) {
      const properties = await writeScripts(paths.process, definition)
      if (owner === undefined) {
        await writeFile(path.join(paths.conf, `${definition.name}.properties`), properties)
        return
      }
      await withStore(root, async store => {
        await addBank({name: definition.name, properties, owner}, {store, confDirectory: paths.conf})
      })
    },
    openGate: async gate => await writeFile(path.join(paths.process, gateFile(gate)), ''),
    request: async request => await send(url, request),
    settle: async (deadlineMs = 30_000) =>
      await until('no job is left', async () => await isIdle(url, user('admin').apiKey), {deadlineMs}),
    halt: async () => await running.stop(),
    kill: async () => await running.kill(),
    async start() {
      running = await launch(port)
    },
    async restart() {
      await cluster.halt()
      await cluster.start()
    },
    async stop() {
      await running.stop()
      await rm(root, {recursive: true, force: true, maxRetries: 5})
    },
  }
  return cluster
}

async function launchAs(
  {as, flags}: EmbeddedClusterOptions,
  {root, port, admin}: {root: string; port: number; admin: (typeof defaultUsers)[number]},
): Promise<Running> {
  if (as === 'process') return await startChild(root, {port, flags})
  const running = await startInProcess(root, {admin, port, flags})
  const {instance} = running
  return {
    url: instance.url,
    port: instance.port,
    pid: instance.pid,
    stop: async () => await running.stop({immediately: true}),
    kill: async () => await Promise.reject(new Error('A cluster in this process cannot be killed alone')),
  }
}

async function isIdle(url: string, apiKey: string): Promise<boolean> {
  for (const state of ['queued', 'running']) {
    const {status, text} = await send(url, {path: `/api/daemon/jobs?state=${state}&limit=1`, apiKey})
    if (status !== 200) throw new Error(`The jobs cannot be read: ${status} ${text}`)
    if ((JSON.parse(text) as {jobs: unknown[]}).jobs.length > 0) return false
  }
  return true
}
