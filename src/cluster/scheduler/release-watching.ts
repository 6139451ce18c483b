import type {Logger} from 'pino'
import * as z from 'zod/mini'
import type {Bank} from '../model/bank.js'
import type {ReleaseWatch} from '../model/records.js'
import {plainUpdate} from '../queue/plain-update.js'
import type {Job, Queue} from '../queue/queue.js'
import type {BankRow, Store} from '../store/store.js'
import {afterNewRelease, afterNothingNew} from './check-interval.js'
import type {RulesOfBank, ScheduleRules} from './schedule-rules.js'

const dayMs = 86_400_000

/** In whose name new releases are fetched, as with BioMAJ. */
export const schedulerUser = 'biomaj'

/** What a worker answers to a `release` job: null when the remote side names none. */
export const releaseFinding = z.object({release: z.nullable(z.string())})

export interface ReleaseWatchingOptions {
  store: Store
  queue: Queue
  log: Logger
  rulesOf: RulesOfBank
  /** Most looks that wait or run at the same time. Default 4. */
  looksAtATime?: number | undefined
}

/**
 * Looks for new releases, bank by bank, less often where little changes. It has the looks done by workers: what it
 * wants and what came of it are in the store and in the queue, so that a restart loses nothing.
 *
 * Watched are banks that have a release in production, unless their properties say `schedule.auto`: a bank that nobody
 * ever asked for is not fetched by itself.
 */
export class ReleaseWatching {
  readonly #options: ReleaseWatchingOptions

  constructor(options: ReleaseWatchingOptions) {
    this.#options = options
  }

  async run(nowMs: number): Promise<void> {
    const {store, queue, log} = this.#options
    const watches = new Map((await store.schedule.watches()).map(watch => [watch.bank, watch]))
    const underWay = await queue.count({kinds: ['release'], states: ['queued', 'running']})
    let free = (this.#options.looksAtATime ?? 4) - underWay
    for (const row of await store.banks.list()) {
      const watch = watches.get(row.name) ?? newWatch(row)
      if (watch.nextCheckAtMs === null || watch.nextCheckAtMs > nowMs) {
        if (!watches.has(row.name)) await store.schedule.putWatch(watch)
        continue
      }
      try {
        if (await this.#attend({row, watch, mayAsk: free > 0, nowMs})) free--
      } catch (error) {
        log.error({err: error, bank: row.name}, 'a bank could not be looked at')
      }
    }
  }

  /** Settles the look that has ended, or asks for one. True when it asked. */
  async #attend({
    row,
    watch,
    mayAsk,
    nowMs,
  }: {
    row: BankRow
    watch: ReleaseWatch
    mayAsk: boolean
    nowMs: number
  }): Promise<boolean> {
    const {store, queue, rulesOf} = this.#options
    const bank = row.name
    const [last] = await queue.list({kinds: ['release'], bank, order: 'newest', limit: 1})
    if (last && (last.state === 'queued' || last.state === 'running')) return false
    const rules = await rulesOf(bank)
    if (last && last.endedAtMs !== null && last.endedAtMs > (watch.lastCheckAtMs ?? 0)) {
      await this.#settle({row, watch, job: last as Job<'release'>, rules})
      return false
    }
    const wanted = rules !== undefined && (rules.auto ?? row.releases.length > 0)
    if (!wanted) {
      // It is asked again tomorrow: whoever edits the properties expects them to count.
      await store.schedule.putWatch({...watch, nextCheckAtMs: nowMs + dayMs, problem: null})
      return false
    }
    // A bank that is worked on is known to be looked at, and its lock would be in the way of the update.
    if (!mayAsk || (await store.locks.get(bank))) return false
    await queue.add({
      kind: 'release',
      bank,
      payload: {bank},
      user: schedulerUser,
      correlationId: `release-${bank}-${nowMs}`.slice(0, 128),
    })
    return true
  }

  async #settle({
    row,
    watch,
    job,
    rules,
  }: {
    row: BankRow
    watch: ReleaseWatch
    job: Job<'release'>
    rules: ScheduleRules | undefined
  }): Promise<void> {
    const log = this.#options.log.child({bank: row.name, job: job.id, correlationId: job.correlationId})
    const checkedAtMs = job.endedAtMs ?? 0
    const found = releaseFinding.safeParse(job.result)
    const release = job.state === 'done' && found.success ? found.data.release : null
    const problem = release === null ? (job.reason ?? 'The remote side names no release') : null
    const fresh = release !== null && release !== watch.lastRelease && !(await this.#hasRelease(row.name, release))
    const pace = fresh ? afterNewRelease(watch) : afterNothingNew(watch)
    const days = Math.max(pace.intervalDays, rules?.delayDays ?? 0, 1)
    if (problem !== null) log.warn({reason: problem}, 'the remote release is unknown')
    // The update first: after a crash in between, the same look is settled again, and finds the update.
    if (fresh) await this.#fetch({bank: row.name, release, job, execute: rules?.execute ?? false, log})
    await this.#options.store.schedule.putWatch({
      ...watch,
      ...pace,
      lastCheckAtMs: checkedAtMs,
      nextCheckAtMs: checkedAtMs + days * dayMs,
      lastRelease: release ?? watch.lastRelease,
      problem,
    })
  }

  async #hasRelease(name: string, release: string): Promise<boolean> {
    const bank: Bank | undefined = await this.#options.store.banks.get(name)
    return bank?.production.some(({remoteRelease}) => remoteRelease === release) ?? false
  }

  async #fetch({
    bank,
    release,
    job,
    execute,
    log,
  }: {
    bank: string
    release: string
    job: Job<'release'>
    execute: boolean
    log: Logger
  }): Promise<void> {
    const {store, queue} = this.#options
    log.info({release, execute}, 'a new remote release')
    await store.events.append({atMs: job.endedAtMs ?? 0, type: 'bank', bank, data: {newRemoteRelease: release}})
    if (!execute) return
    const [last] = await queue.list({kinds: ['update'], bank, order: 'newest', limit: 1})
    const isComing = last && (last.state === 'queued' || last.state === 'running')
    if (isComing || last?.correlationId === job.correlationId) return
    const {correlationId} = job
    await queue.add({kind: 'update', bank, payload: plainUpdate(bank), user: schedulerUser, correlationId})
  }
}

/** The first look at a bank comes a day after its last release was made: the update looked itself. */
function newWatch({name, releases, lastUpdate}: BankRow): ReleaseWatch {
  const lastMs = lastUpdate === null ? 0 : lastUpdate.session * 1000
  return {
    bank: name,
    nextCheckAtMs: lastMs === 0 ? 0 : Math.round(lastMs + dayMs),
    lastCheckAtMs: null,
    lastRelease: releases.at(-1)?.remoteRelease ?? null,
    intervalDays: 1,
    unchanged: 0,
    problem: null,
  }
}
