import {mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync} from 'node:fs'
import {chmod, readdir, readFile, readlink} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import pino from 'pino'
import {afterEach} from 'vitest'
import {createEngine, engineClock, type EngineParts} from '../../../../src/cluster/engine/create-engine.js'
import type {Engine, RunContext, RunOutcome} from '../../../../src/cluster/engine/engine.js'
import {loadBank} from '../../../../src/cluster/engine/load-bank.js'
import type {Downloads, Processes} from '../../../../src/cluster/engine/ports.js'
import {fetchFiles} from '../../../../src/cluster/engine/remotes/index.js'
import type {Bank} from '../../../../src/cluster/model/bank.js'
import {plainUpdate} from '../../../../src/cluster/queue/plain-update.js'
import type {RemoveRequest, UpdateRequest} from '../../../../src/cluster/queue/queue.js'
import type {ClusterSettings} from '../../../../src/cluster/settings/cluster-settings.js'
import {openDatabase} from '../../../../src/cluster/store/database/open-database.js'
import {openSqliteStore} from '../../../../src/cluster/store/sqlite-store.js'
import type {Store} from '../../../../src/cluster/store/store.js'
import {runProcess} from '../../../../src/cluster/workers/process/run-process.js'

const opened: Array<() => Promise<void>> = []

afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close()
})

/** Where a bank's properties begin; tests change what they are about. */
const usual = {
  'db.fullname': 'A bank of a test',
  'db.type': 'nucleic',
  protocol: 'local',
  server: '',
  'remote.files': String.raw`^.*\.fa$`,
  'local.files': '.*',
  'no.extract': 'true',
  'keep.old.version': '1',
}

export interface SiteOptions {
  /** More lines of `global.properties`. */
  global?: Record<string, string>
  /** Wraps the ports that have files fetched and processes run. */
  downloads?: (real: Downloads) => Downloads
  processes?: (real: Processes) => Processes
  /** Wraps the store, to make it fail. */
  store?: (real: Store) => Store
  /** Instead of bringing files to the disk. */
  syncTree?: EngineParts['syncTree']
}

/** An engine on a real store, real folders, real files and real processes, without workers in between. */
export class Site {
  readonly root: string
  readonly store: Store
  readonly settings: ClusterSettings
  readonly #options: SiteOptions
  #jobs = 0

  constructor(options: SiteOptions = {}) {
    this.#options = options
    this.root = mkdtempSync(path.join(tmpdir(), 'biomaj-engine-'))
    for (const folder of ['conf', 'db', 'log', 'process', 'cache', 'lock', 'upstream']) {
      mkdirSync(path.join(this.root, folder))
    }
    const global = {
      'root.dir': this.root,
      'conf.dir': `${this.root}/conf`,
      'data.dir': `${this.root}/db`,
      'log.dir': `${this.root}/log`,
      'process.dir': `${this.root}/process`,
      'cache.dir': `${this.root}/cache`,
      'lock.dir': `${this.root}/lock`,
      ...options.global,
    }
    const globalProperties = path.join(this.root, 'global.properties')
    writeFileSync(globalProperties, propertiesText(global))
    this.settings = {
      name: 'test',
      dataDirectory: this.root,
      memory: false,
      host: '127.0.0.1',
      port: 0,
      globalProperties,
      workers: {update: 1, download: 1, process: 1},
      admins: [],
      leaseMs: 10_000,
      processTimeoutMs: null,
      extraction: {maxBytes: 100_000_000, maxRatio: 1000, maxEntries: 10_000},
      logLevel: 'warn',
    }
    const database = openDatabase({file: path.join(this.root, 'cluster.sqlite')})
    const store = openSqliteStore(database)
    this.store = options.store?.(store) ?? store
    opened.push(async () => {
      await store.close()
      database.close()
      rmSync(this.root, {recursive: true, force: true})
    })
  }

  engine(): Engine {
    const env = {PATH: process.env['PATH']}
    const downloads: Downloads = {
      fetch: async (request, {signal, onProgress}) => {
        const properties = await loadBank(request.bank, {settings: this.settings, env})
        return (await fetchFiles(request, {properties, signal, onProgress})).files
      },
    }
    const processes: Processes = {
      run: async (request, {signal}) => runProcess(request, {signal, env: process.env}),
    }
    return createEngine({
      store: this.store,
      downloads: this.#options.downloads?.(downloads) ?? downloads,
      processes: this.#options.processes?.(processes) ?? processes,
      settings: this.settings,
      log: pino({level: 'silent'}),
      clock: engineClock,
      env,
      ...(this.#options.syncTree && {syncTree: this.#options.syncTree}),
    })
  }

  /** Writes or replaces the properties of a bank. Its upstream is `upstream/<name>`. */
  bank(name: string, properties: Record<string, string> = {}): void {
    mkdirSync(this.upstream(name), {recursive: true})
    const text = propertiesText({
      'db.name': name,
      'remote.dir': `${this.upstream(name)}/`,
      'dir.version': name,
      'offline.dir.name': `offline/${name}_tmp`,
      ...usual,
      ...properties,
    })
    writeFileSync(path.join(this.root, 'conf', `${name}.properties`), text)
  }

  upstream(name: string): string {
    return path.join(this.root, 'upstream', name)
  }

  /** Puts a file on the remote side, at noon of a day (`2026-01-15`). */
  put(bank: string, file: string, content: string | Buffer, day = '2026-01-15'): void {
    const place = path.join(this.upstream(bank), file)
    mkdirSync(path.dirname(place), {recursive: true})
    writeFileSync(place, content)
    const time = new Date(`${day}T12:00:00`)
    utimesSync(place, time, time)
  }

  async script(name: string, text: string): Promise<void> {
    const file = path.join(this.root, 'process', name)
    writeFileSync(file, `#!/bin/sh\n${text}\n`)
    await chmod(file, 0o755)
  }

  context(change: Partial<RunContext> = {}): RunContext {
    this.#jobs++
    return {
      job: `job-${this.#jobs}`,
      user: 'jane',
      admin: false,
      worker: 'worker-1',
      correlationId: `correlation-${this.#jobs}`,
      signal: new AbortController().signal,
      ...change,
    }
  }

  async update(bank: string, request: Partial<UpdateRequest> = {}, context?: Partial<RunContext>): Promise<RunOutcome> {
    return this.engine().update(updateOf(bank, request), this.context(context))
  }

  /** An update that has to go well. */
  async updated(bank: string, request: Partial<UpdateRequest> = {}): Promise<RunOutcome> {
    const outcome = await this.update(bank, request)
    if (outcome.state !== 'done') throw new Error(`${outcome.reason}\n${await this.log(bank)}`)
    return outcome
  }

  async remove(bank: string, request: Partial<RemoveRequest>): Promise<RunOutcome> {
    return this.engine().remove({bank, release: null, what: 'release', force: false, ...request}, this.context())
  }

  async stored(bank: string): Promise<Bank> {
    const stored = await this.store.banks.get(bank)
    if (!stored) throw new Error(`${bank} is not stored`)
    return stored
  }

  /** State by step of the last run. */
  async steps(bank: string): Promise<Record<string, string>> {
    const {status} = await this.stored(bank)
    return Object.fromEntries((status?.steps ?? []).map(({step, state}) => [step, state]))
  }

  /** All files and links below `db/<folder>`, with their content or target. */
  async tree(folder: string): Promise<Record<string, string>> {
    const found: Record<string, string> = {}
    const root = path.join(this.root, 'db', folder)
    const entries = await readdir(root, {recursive: true, withFileTypes: true}).catch(() => [])
    for (const entry of entries) {
      const place = path.join(entry.parentPath, entry.name)
      const name = path.relative(root, place)
      if (entry.isSymbolicLink()) found[name] = `-> ${await readlink(place)}`
      else if (entry.isFile()) found[name] = (await readFile(place, 'utf8')).replaceAll(this.root, '<root>')
    }
    return Object.fromEntries(Object.entries(found).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** The log of the last run. */
  async log(bank: string): Promise<string> {
    const file = (await this.store.banks.get(bank))?.status?.logFile
    return file === undefined ? '' : readFile(file, 'utf8')
  }

  /** Messages of the log of the last run, without time and level. */
  async messages(bank: string): Promise<string[]> {
    const text = await this.log(bank)
    return text
      .split('\n')
      .filter(line => line !== '')
      .map(line => line.replace(/^.*?\[MainThread\] /, '').replaceAll(this.root, '<root>'))
  }
}

export function updateOf(bank: string, request: Partial<UpdateRequest> = {}): UpdateRequest {
  return {...plainUpdate(bank), ...request}
}

function propertiesText(values: Record<string, string>): string {
  const lines = Object.entries(values).map(([key, value]) => `${key}=${value.replaceAll('%', '%%')}`)
  return ['[GENERAL]', ...lines, ''].join('\n')
}
