import {spawnSync} from 'node:child_process'
import {chmod, mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {gateFile, propertiesFile, scriptFile} from './banks.ts'
import type {BankDefinition} from './banks.ts'
import {clusterControl} from './control.ts'
import type {ClusterControl} from './control.ts'
import {python, startLauncher} from './launcher-process.ts'
import type {LauncherProcess, ReadyLine} from './launcher-process.ts'

export interface ClusterUser {
  name: string
  password: string
  apiKey: string
}

export interface RealClusterOptions {
  /** Default: `admin` (who administers the cluster), `jane` and `joe`. */
  users?: readonly ClusterUser[]
  admin?: string
  /** Message daemons; each runs one bank at a time. */
  daemons?: number
  /** How long a message daemon may go on after SIGTERM before it is killed. */
  daemonGraceMs?: number
  /** What the servers call local time, default UTC. */
  timeZone?: string
  /** `historic.logfile.level` of the banks, default INFO. */
  logLevel?: 'DEBUG' | 'INFO' | 'WARN' | 'ERR'
  /** More lines of `global.properties`. */
  globalProperties?: Readonly<Record<string, string>>
}

export interface ClusterRequest {
  method?: string
  path: string
  /** Sent as both headers that BioMAJ knows; without it the request is anonymous. */
  apiKey?: string
  body?: unknown
}

export interface ClusterAnswer {
  status: number
  headers: Headers
  text: string
}

export interface RealCluster {
  /** The public proxy. Stays the same over a restart. */
  readonly url: string
  /** The loopback address that only this cluster uses; BioMAJ's services know each other by it. */
  readonly address: string
  /** Folder of the cluster; `paths` names what lies below it. */
  readonly root: string
  readonly paths: Readonly<Record<'conf' | 'db' | 'log' | 'process' | 'cache' | 'lock' | 'services', string>>
  readonly users: readonly ClusterUser[]
  readonly control: ClusterControl
  /** Process ids of the launcher, Redis and each service, by name. */
  readonly processes: Readonly<Record<string, number>>
  user(name: string): ClusterUser
  /** Writes the properties and scripts; with an owner, the bank is registered as that user's, as the first look at it does. */
  addBank(definition: BankDefinition, owner?: string): Promise<void>
  /** Lets a process made by `waitsForGate` go on. */
  openGate(gate: string): Promise<void>
  request(request: ClusterRequest): Promise<ClusterAnswer>
  /** Stops every process and keeps the folder. */
  halt(): Promise<void>
  /** Starts again after `halt`: same address, banks, users, history and queue. */
  start(): Promise<void>
  restart(): Promise<void>
  /** Stops every process and deletes the folder. */
  stop(): Promise<void>
}

/** Who the clusters of the tests know. */
export const defaultUsers: readonly ClusterUser[] = [
  {name: 'admin', password: 'admin-secret', apiKey: 'ADMINKEY01'},
  {name: 'jane', password: 'jane-secret', apiKey: 'JANEKEY001'},
  {name: 'joe', password: 'joe-secret', apiKey: 'JOEKEY0001'},
]

export type Availability = {available: true} | {available: false; reason: string}

let known: Availability | undefined

/** Whether this machine has what the real cluster needs. Throws instead of saying no when BIOMAJ_TEST_REQUIRE_REAL=1. */
export function realClusterAvailable(): Availability {
  known ??= lookForBiomaj()
  if (!known.available && process.env['BIOMAJ_TEST_REQUIRE_REAL'] === '1') {
    throw new Error(`BIOMAJ_TEST_REQUIRE_REAL=1, but ${known.reason}`)
  }
  return known
}

function lookForBiomaj(): Availability {
  const modules = 'import biomaj_daemon, biomaj_user, mongomock, redis, flask, yaml, bcrypt'
  const imported = spawnSync(python, ['-c', modules], {encoding: 'utf8'})
  if (imported.error !== undefined) return {available: false, reason: `${python} is missing`}
  if (imported.status !== 0) {
    return {available: false, reason: `BioMAJ's Debian packages are missing: ${lastLine(imported.stderr)}`}
  }
  const redis = spawnSync('redis-server', ['--version'])
  if (redis.error !== undefined) return {available: false, reason: 'redis-server is missing'}
  return {available: true}
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? ''
}

/** Starts unmodified BioMAJ on loopback below a new temporary folder; about a second. Always `stop()` it. */
export async function startRealCluster(options: RealClusterOptions = {}): Promise<RealCluster> {
  const root = await mkdtemp(path.join(tmpdir(), 'biomaj-'))
  const users = options.users ?? defaultUsers
  let launcher: LauncherProcess
  try {
    launcher = await startLauncher(root, launcherOptions(options, users, 0))
  } catch (error) {
    await rm(root, {recursive: true, force: true})
    throw error
  }
  const {port, url} = launcher.ready
  const cluster: RealCluster = {
    url,
    get address() {
      return launcher.ready.address
    },
    root,
    users,
    paths: launcher.ready,
    control: clusterControl((name, body) => launcher.command(name, body)),
    get processes() {
      return launcher.ready.processes
    },
    user: name => userNamed(users, name),
    async addBank(definition, owner) {
      await writeBank(launcher.ready, definition)
      if (owner === undefined) return
      const {status, text} = await cluster.request({
        path: `/api/daemon/bank/${definition.name}/check`,
        apiKey: userNamed(users, owner).apiKey,
      })
      if (status !== 200) throw new Error(`Bank ${definition.name} was refused: ${text}`)
    },
    openGate: async gate => await writeFile(path.join(launcher.ready.process, gateFile(gate)), ''),
    request: async request => await send(url, request),
    halt: async () => await launcher.end(),
    async start() {
      launcher = await startLauncher(root, launcherOptions(options, users, port))
    },
    async restart() {
      await cluster.halt()
      await cluster.start()
    },
    async stop() {
      await launcher.end()
      await rm(root, {recursive: true, force: true, maxRetries: 5})
    },
  }
  return cluster
}

function launcherOptions(options: RealClusterOptions, users: readonly ClusterUser[], port: number): string[] {
  const settings: [string, string | number | undefined][] = [
    ['--port', port],
    ['--admin', options.admin],
    ['--daemons', options.daemons],
    ['--grace', options.daemonGraceMs === undefined ? undefined : options.daemonGraceMs / 1000],
    ['--time-zone', options.timeZone],
    ['--log-level', options.logLevel],
  ]
  return [
    ...settings.flatMap(([flag, value]) => (value === undefined ? [] : [flag, String(value)])),
    ...users.flatMap(({name, password, apiKey}) => ['--user', `${name}:${password}:${apiKey}`]),
    ...Object.entries(options.globalProperties ?? {}).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  ]
}

function userNamed(users: readonly ClusterUser[], name: string): ClusterUser {
  const found = users.find(user => user.name === name)
  if (found === undefined) throw new Error(`The cluster was started without a user ${name}`)
  return found
}

async function writeBank(paths: ReadyLine, definition: BankDefinition): Promise<void> {
  const text = await writeScripts(paths.process, definition)
  await writeFile(path.join(paths.conf, `${definition.name}.properties`), text)
}

/** Writes the bank's scripts into `process.dir`. Gives the text of its properties file, which names them. */
export async function writeScripts(processDirectory: string, definition: BankDefinition): Promise<string> {
  const scripts: Record<string, string> = {}
  await mkdir(processDirectory, {recursive: true})
  for (const process of definition.processes) {
    const file = path.join(processDirectory, scriptFile(definition.name, process))
    await writeFile(file, `#!/bin/sh\n${process.script}\n`)
    await chmod(file, 0o755)
    scripts[`${process.name}.exe`] = scriptFile(definition.name, process)
  }
  return propertiesFile({...definition, properties: {...scripts, ...definition.properties}})
}

/** Asks a cluster as a script would. */
export async function send(
  url: string,
  {method = 'GET', path: route, apiKey, body}: ClusterRequest,
): Promise<ClusterAnswer> {
  const headers = new Headers()
  if (apiKey !== undefined) {
    headers.set('Authorization', `APIKEY ${apiKey}`)
    headers.set('X-API-KEY', apiKey)
  }
  if (body !== undefined) headers.set('Content-Type', 'application/json')
  const response = await fetch(new URL(route, url), {
    method,
    headers,
    ...(body === undefined ? {} : {body: JSON.stringify(body)}),
  })
  return {status: response.status, headers: response.headers, text: await response.text()}
}
