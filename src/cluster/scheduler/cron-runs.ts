import type {Logger} from 'pino'
import {BiomajError} from '../../shared/errors.js'
import type {CronEntry} from '../model/records.js'
import {plainUpdate} from '../queue/plain-update.js'
import type {Queue} from '../queue/queue.js'
import type {Store} from '../store/store.js'
import {parseCron} from './cron-expression.js'

export interface CronRunsOptions {
  store: Store
  queue: Queue
  log: Logger
  /** Users who may do everything, beside those whose record says so. */
  admins: readonly string[]
  timeZone: string | undefined
}

/** Adds the updates of all entries that are due. Of the times that nobody was there for, one is made up for. */
export class CronRuns {
  readonly #options: CronRunsOptions

  constructor(options: CronRunsOptions) {
    this.#options = options
  }

  async run(nowMs: number): Promise<void> {
    for (const entry of await this.#options.store.schedule.entries()) {
      try {
        await this.#runEntry(entry, nowMs)
      } catch (error) {
        // One entry that cannot be run must not keep the others from it.
        this.#options.log.error({err: error, entry: entry.name}, 'a schedule entry could not be run')
      }
    }
  }

  async #runEntry(entry: CronEntry, nowMs: number): Promise<void> {
    const {store, log, timeZone} = this.#options
    // Somebody put it there without a beginning: it has missed nothing.
    if (entry.lastDueAtMs === undefined) return void (await store.schedule.ran(entry.name, nowMs))
    let dueAtMs: number | null
    try {
      dueAtMs = parseCron(entry.slices, timeZone).upTo(nowMs)
    } catch (error) {
      if (!(error instanceof BiomajError)) throw error
      log.warn({entry: entry.name, reason: error.message}, 'a schedule entry has no times')
      return void (await store.schedule.ran(entry.name, nowMs))
    }
    if (dueAtMs === null || dueAtMs <= entry.lastDueAtMs) return
    const correlationId = `cron-${entry.name}-${dueAtMs}`
    for (const bank of entry.banks) await this.#update(bank, {entry, correlationId, nowMs})
    // Last, so that a crash in between repeats what was not done; what was done is known by its correlation id.
    await store.schedule.ran(entry.name, dueAtMs)
  }

  async #update(
    bank: string,
    {entry, correlationId, nowMs}: {entry: CronEntry; correlationId: string; nowMs: number},
  ): Promise<void> {
    const {store, queue} = this.#options
    const log = this.#options.log.child({entry: entry.name, bank, user: entry.user, correlationId})
    const refusal = await this.#refusal(bank, entry.user)
    if (refusal !== null) {
      log.warn({reason: refusal}, 'a scheduled update was refused')
      const reason = `Schedule entry ${entry.name}: ${refusal}`
      await store.history.add({
        bank,
        action: 'update',
        startMs: nowMs,
        endMs: nowMs,
        updated: false,
        error: true,
        cancelled: false,
        reason,
        job: null,
      })
      return
    }
    const waiting = await queue.list({kinds: ['update'], bank, order: 'newest', limit: 1})
    if (waiting.some(job => job.correlationId === correlationId)) return
    if (waiting.some(({state}) => state === 'queued' || state === 'running')) {
      log.info('a scheduled update was left out, since another one has not ended')
      return
    }
    const job = await queue.add({kind: 'update', bank, payload: plainUpdate(bank), user: entry.user, correlationId})
    log.info({job: job.id}, 'a scheduled update was added')
  }

  /** Why this user may not update the bank; null for somebody who may. A bank that nobody has yet is for everybody. */
  async #refusal(bank: string, userId: string): Promise<string | null> {
    const user = await this.#options.store.users.get(userId)
    if (!user) return `there is no user ${userId}`
    const known = await this.#options.store.banks.get(bank)
    const mayDoAll = user.admin || this.#options.admins.includes(userId)
    return !known || mayDoAll || known.owner === userId ? null : `${userId} does not own the bank`
  }
}
