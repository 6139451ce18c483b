import {createServer, request as httpRequest} from 'node:http'
import type {AddressInfo} from 'node:net'
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {getRequestListener} from '@hono/node-server'
import pino from 'pino'
import {type Daemon, type DaemonOptions, createDaemon} from '../../../../src/cluster/daemon/daemon.js'
import {withGetBody} from '../../../../src/cluster/daemon/get-body.js'
import type {Engine} from '../../../../src/cluster/engine/engine.js'
import type {Bank, Production} from '../../../../src/cluster/model/bank.js'
import {emptyBank} from '../../../../src/cluster/model/empty-bank.js'
import {openSqliteQueue} from '../../../../src/cluster/queue/sqlite-queue.js'
import type {Queue} from '../../../../src/cluster/queue/queue.js'
import type {ClusterSettings} from '../../../../src/cluster/settings/cluster-settings.js'
import {openDatabase} from '../../../../src/cluster/store/database/open-database.js'
import {openSqliteStore} from '../../../../src/cluster/store/sqlite-store.js'
import type {Store} from '../../../../src/cluster/store/store.js'
import {type BankOptions, bank as bankDefinition, propertiesFile} from '../../../support/real-cluster/banks.ts'

export type Who = 'admin' | 'jane' | 'joe' | 'stranger'

const keys: Record<Who, string> = {
  admin: 'ADMINKEY01',
  jane: 'JANEKEY001',
  joe: 'JOEKEY0001',
  stranger: 'NOSUCHKEY0',
}

/** 10:00:00 GMT of the day on which the recorded exchanges happen. */
export const startMs = Date.parse('2026-01-15T10:00:00Z')

export interface Asked {
  method?: string
  path: string
  who?: Who | undefined
  /** JSON, or text as it is. */
  body?: unknown
  headers?: Record<string, string>
}

export interface Told {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  /** The parsed JSON, or the text. */
  body: unknown
}

export interface TestSite {
  url: string
  root: string
  store: Store
  queue: Queue
  daemon: Daemon
  settings: ClusterSettings
  /** What the engine was asked to do. */
  engineCalls: unknown[][]
  /** Lines of the log, parsed. */
  logged: Array<Record<string, unknown>>
  /** The time that the daemon believes in. */
  clock: {ms: number}
  /** Writes a bank's properties file. */
  addFile(name: string, options?: Partial<BankOptions>): Promise<void>
  ask(asked: Asked): Promise<Told>
  rpc(options: Record<string, unknown>, who?: Who): Promise<Told>
  close(): Promise<void>
}

/** A daemon behind a real server, with a store and a queue in memory and an engine that only changes the store. */
export async function startSite(options: Partial<DaemonOptions> = {}): Promise<TestSite> {
  const root = await mkdtemp(path.join(tmpdir(), 'biomaj-daemon-'))
  const database = openDatabase({file: ':memory:'})
  const clock = {ms: startMs}
  const store = openSqliteStore(database, {nowMs: () => clock.ms})
  const queue = openSqliteQueue(database, {nowMs: () => clock.ms})
  const settings = await writeSite(root)
  for (const id of ['admin', 'jane', 'joe']) {
    const [keyHash, passwordHash] = [keys[id as Who], null]
    await store.users.insert({
      id,
      email: `${id}@example.org`,
      admin: id === 'admin',
      keyHash,
      passwordHash,
      createdAtMs: 0,
    })
  }
  const engineCalls: unknown[][] = []
  const logged: Array<Record<string, unknown>> = []
  const log = pino({level: 'debug'}, {write: line => void logged.push(JSON.parse(line) as Record<string, unknown>)})
  const daemon = createDaemon({
    context: {settings, store, queue, log},
    accounts: {
      byKey: async key => store.users.byKeyHash(key),
      login: async ({user, password}) => {
        const account = password === `${user}-secret` ? await store.users.get(user) : undefined
        return account && {account, apiKey: account.keyHash}
      },
    },
    engine: storeEngine(store, engineCalls),
    version: '9.8.7',
    now: () => clock.ms,
    ...options,
  })
  const server = createServer(
    getRequestListener(
      async (request, {incoming}) => daemon.fetch(withGetBody(request, incoming as Parameters<typeof withGetBody>[1])),
      {overrideGlobalObjects: false},
    ) as Parameters<typeof createServer>[1],
  )
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const site: TestSite = {
    url,
    root,
    store,
    queue,
    daemon,
    settings,
    engineCalls,
    logged,
    clock,
    addFile: async (name, more = {}) => {
      const definition = bankDefinition(name, {source: {protocol: 'local', directory: '/srv/upstream/'}, ...more})
      await writeFile(path.join(root, 'conf', `${name}.properties`), propertiesFile(definition))
    },
    ask: async asked => exchange(url, asked),
    rpc: async (rpcOptions, who) =>
      exchange(url, {method: 'POST', path: '/api/daemon', body: {options: rpcOptions}, who}),
    close: async () => {
      daemon.close()
      server.closeAllConnections()
      await new Promise<void>(resolve => server.close(() => resolve()))
      await queue.close()
      await store.close()
      database.close()
      await rm(root, {recursive: true, force: true})
    },
  }
  return site
}

async function writeSite(root: string): Promise<ClusterSettings> {
  const lines = [
    '[GENERAL]',
    `root.dir=${root}`,
    `data.dir=${root}/db`,
    'use_elastic=0',
    'use_ldap=0',
    'db.url=none',
    'db.name=none',
  ]
  for (const folder of ['conf', 'log', 'process', 'cache', 'lock']) {
    lines.push(`${folder}.dir=${root}/${folder}`)
    await mkdir(path.join(root, folder))
  }
  await mkdir(path.join(root, 'db'))
  const globalProperties = path.join(root, 'global.properties')
  await writeFile(globalProperties, [...lines, ''].join('\n'))
  return {
    name: 'test',
    dataDirectory: root,
    memory: true,
    host: '127.0.0.1',
    port: 0,
    globalProperties,
    workers: {update: 1, download: 1, process: 1},
    admins: [],
    leaseMs: 30_000,
    processTimeoutMs: null,
    extraction: {maxBytes: 1, maxRatio: 1, maxEntries: 1},
    logLevel: 'debug',
  }
}

/** Does what the engine does to the store, and nothing on disk. */
function storeEngine(store: Store, calls: unknown[][]): DaemonOptions['engine'] {
  const note = async (...call: unknown[]) => {
    calls.push(call)
    return Promise.resolve()
  }
  const engine: Pick<Engine, 'publish' | 'unpublish' | 'freeze' | 'rename' | 'move'> = {
    publish: async (name, release) => {
      await note('publish', name, release)
      const bank = await store.banks.change(name, each => ({
        ...each,
        current: each.production.find(one => one.release === release)?.session ?? null,
      }))
      const found = bank?.production.find(one => one.release === release)
      return {release: release ?? '', directory: found?.productionDirectory ?? ''}
    },
    unpublish: async name => {
      await note('unpublish', name)
      await store.banks.change(name, each => ({...each, current: null}))
    },
    freeze: async (name, release, frozen) => {
      await note('freeze', name, release, frozen)
      await store.banks.change(name, each => ({
        ...each,
        production: each.production.map(one => (one.release === release ? {...one, frozen} : one)),
      }))
    },
    rename: async (name, to) => {
      await note('rename', name, to)
      await store.banks.rename(name, to)
    },
    move: async (name, directory) => note('move', name, directory),
  }
  return engine
}

/** Not `fetch`: BioMAJ's `show` is a GET with a body. */
export async function exchange(
  url: string,
  {method = 'GET', path: route, who, body, headers = {}}: Asked,
): Promise<Told> {
  const sent = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const withKey = who === undefined ? {} : {authorization: `APIKEY ${keys[who]}`, 'x-api-key': keys[who]}
  const withBody =
    body === undefined ? {} : {'content-type': 'application/json', 'content-length': String(Buffer.byteLength(sent))}
  return new Promise((resolve, reject) => {
    const asking = httpRequest(
      new URL(route, url),
      {method, headers: {...withKey, ...withBody, ...headers}},
      answer => {
        let text = ''
        answer.setEncoding('utf8').on('data', (part: string) => {
          text += part
        })
        answer.on('error', reject).on('end', () => {
          const isJson = answer.headers['content-type']?.startsWith('application/json') === true
          const parsed: unknown = isJson && text !== '' ? JSON.parse(text) : text
          resolve({status: answer.statusCode ?? 0, headers: answer.headers, text, body: parsed})
        })
      },
    )
    asking.on('error', reject)
    asking.end(sent)
  })
}

/** A bank of jane's that was never updated. */
export function bankOf(name: string, more: Partial<Bank> = {}): Bank {
  return {...emptyBank({name, owner: 'jane', visibility: 'public', description: null, types: ['nucleic']}), ...more}
}

export function productionOf(bank: string, more: Partial<Production> = {}): Production {
  const release = more.release ?? '2025-11-20'
  return {
    session: startMs / 1000 + 0.225,
    release,
    remoteRelease: release,
    formats: ['fasta'],
    types: ['nucleic'],
    tags: {},
    sizeBytes: 1418,
    dataDir: '/var/lib/biomaj/data/db',
    dirVersion: bank,
    productionDirectory: `${bank}_${release}`,
    logFile: `/var/lib/biomaj/data/log/${bank}/${startMs / 1000 + 0.125}/${bank}.log`,
    frozen: false,
    ...more,
  }
}
