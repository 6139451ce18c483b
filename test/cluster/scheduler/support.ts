import pino from 'pino'
import type {Account, Accounts} from '../../../src/cluster/daemon/accounts.js'
import type {Bank} from '../../../src/cluster/model/bank.js'
import {emptyBank} from '../../../src/cluster/model/empty-bank.js'
import type {Job, Queue} from '../../../src/cluster/queue/queue.js'
import {openSqliteQueue} from '../../../src/cluster/queue/sqlite-queue.js'
import type {RulesOfBank, ScheduleRules} from '../../../src/cluster/scheduler/schedule-rules.js'
import type {WallClock} from '../../../src/cluster/services/wall-clock.js'
import type {ClusterSettings} from '../../../src/cluster/settings/cluster-settings.js'
import {openDatabase} from '../../../src/cluster/store/database/open-database.js'
import {openSqliteStore} from '../../../src/cluster/store/sqlite-store.js'
import type {Store} from '../../../src/cluster/store/store.js'

export const day = 86_400_000

/** A clock that stands still until it is advanced; whoever sleeps wakes up on time. */
export class TestClock implements WallClock {
  #nowMs: number
  readonly #sleepers = new Set<{untilMs: number; wake: () => void}>()

  constructor(start: string) {
    this.#nowMs = Date.parse(start)
  }

  nowMs(): number {
    return this.#nowMs
  }

  /** How many are asleep. */
  get sleeping(): number {
    return this.#sleepers.size
  }

  async sleep(delayMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await new Promise<void>((resolve, reject) => {
      const abort = () => {
        this.#sleepers.delete(sleeper)
        reject(signal.reason as Error)
      }
      const wake = () => {
        signal.removeEventListener('abort', abort)
        this.#sleepers.delete(sleeper)
        resolve()
      }
      const sleeper = {untilMs: this.#nowMs + delayMs, wake}
      signal.addEventListener('abort', abort, {once: true})
      this.#sleepers.add(sleeper)
    })
  }

  set(time: string): void {
    this.advance(Date.parse(time) - this.#nowMs)
  }

  advance(ms: number): void {
    this.#nowMs += ms
    for (const sleeper of this.#sleepers) if (sleeper.untilMs <= this.#nowMs) sleeper.wake()
  }
}

export interface Site {
  clock: TestClock
  store: Store
  queue: Queue
  settings: ClusterSettings
  log: pino.Logger
  close(): Promise<void>
}

export function siteAt(start: string): Site {
  const clock = new TestClock(start)
  const database = openDatabase({file: ':memory:'})
  const nowMs = () => clock.nowMs()
  const store = openSqliteStore(database, {nowMs})
  const queue = openSqliteQueue(database, {nowMs})
  const settings: ClusterSettings = {
    name: 'test',
    dataDirectory: '/nonexistent',
    memory: true,
    host: '127.0.0.1',
    port: 0,
    globalProperties: '/nonexistent/global.properties',
    workers: {update: 1, download: 1, process: 1},
    admins: ['root'],
    leaseMs: 30_000,
    processTimeoutMs: null,
    extraction: {maxBytes: 1, maxRatio: 1, maxEntries: 1},
    logLevel: 'info',
  }
  return {
    clock,
    store,
    queue,
    settings,
    log: pino({level: 'silent'}),
    close: async () => {
      await queue.close()
      await store.close()
      database.close()
    },
  }
}

export function bankOf(name: string, more: Partial<Bank> = {}): Bank {
  return {...emptyBank({name, owner: 'anna', visibility: 'public', description: null, types: []}), ...more}
}

/** A bank that was updated once, at that time. */
export function updatedBank(name: string, at: string, release: string): Bank {
  const session = Date.parse(at) / 1000
  return bankOf(name, {
    current: session,
    lastUpdateSession: session,
    lastUpdate: {session, ok: true, release},
    production: [
      {
        session,
        release,
        remoteRelease: release,
        formats: [],
        types: [],
        tags: {},
        sizeBytes: 1,
        dataDir: '/nonexistent',
        dirVersion: name,
        productionDirectory: `${name}_${release}`,
        logFile: '/nonexistent/log',
        frozen: false,
      },
    ],
  })
}

export async function addUser(store: Store, id: string, {admin = false} = {}): Promise<void> {
  await store.users.insert({
    id,
    email: `${id}@example.org`,
    passwordHash: null,
    keyHash: id,
    admin,
    createdAtMs: 0,
  })
}

/** Everybody's key is the own name in capitals. */
export function accountsOf(...accounts: Account[]): Accounts {
  return {
    byKey: async key => accounts.find(({id}) => id.toUpperCase() === key),
    login: async () => undefined,
  }
}

export const allRules = (rules: Partial<ScheduleRules> = {}): RulesOfBank => {
  const complete = {auto: null, delayDays: 0, execute: true, ...rules}
  return async () => complete
}

/** Plays the worker that looks at the remote side: ends the `release` job that waits. False when there is none. */
export async function answerLook(queue: Queue, release: string | null | Error): Promise<boolean> {
  const job = await queue.take({kinds: ['release'], worker: 'w', leaseMs: 60_000})
  if (!job) return false
  const failed = release instanceof Error
  return await queue.finish({
    id: job.id,
    worker: 'w',
    state: failed ? 'failed' : 'done',
    ...(failed ? {reason: release.message} : {result: {release}}),
  })
}

export async function updatesOf(queue: Queue): Promise<Job[]> {
  return await queue.list({kinds: ['update']})
}
