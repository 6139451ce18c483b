import type {Logger} from 'pino'
import {sleep} from '../../shared/abort.js'
import {RunCancelled, RunInterrupted} from '../engine/engine.js'
import type {TransferProgress} from '../model/bank.js'
import type {Job, Queue} from '../queue/queue.js'

/** Progress is written no more often than this. */
const progressMs = 250

export interface LeaseOptions {
  queue: Queue
  job: Job
  worker: string
  leaseMs: number
  log: Logger
}

/**
 * Keeps a job while it is being done: renews its lease with the progress, and hears when it is cancelled or lost.
 * Whoever does the job watches `signal`: aborted with a `RunCancelled` or a `RunInterrupted`.
 */
export class JobLease {
  readonly #options: LeaseOptions
  readonly #run = new AbortController()
  readonly #kill = new AbortController()
  readonly #over = new AbortController()
  readonly #renewals: Promise<void>
  #wake = new AbortController()
  #progress: TransferProgress | undefined
  #written: TransferProgress | undefined
  #keptAtMs = performance.now()
  #urgent = false
  #lost = false

  constructor(options: LeaseOptions) {
    this.#options = options
    this.#renewals = this.#renewAgainAndAgain()
  }

  get job(): Job {
    return this.#options.job
  }

  /** Of the run. */
  get signal(): AbortSignal {
    return this.#run.signal
  }

  /** Aborted when even a polite end would take too long. */
  get kill(): AbortSignal {
    return this.#kill.signal
  }

  /** Another worker may have the job by now: nothing may be said of it any more. */
  get isLost(): boolean {
    return this.#lost
  }

  report(progress: TransferProgress): void {
    this.#progress = progress
    this.#wake.abort()
  }

  /** Looks at once whether the job is still wanted. */
  check(): void {
    this.#urgent = true
    this.#wake.abort()
  }

  interrupt(why: string, {immediately}: {immediately: boolean}): void {
    this.#run.abort(new RunInterrupted(why))
    if (immediately) this.#kill.abort()
  }

  /** Writes the last progress and stops renewing. To be called before the job is finished or given back. */
  async end(): Promise<void> {
    this.#over.abort()
    this.#wake.abort()
    await this.#renewals
    if (this.#progress !== this.#written && !this.#lost) await this.#renew()
  }

  async #renewAgainAndAgain(): Promise<void> {
    const {leaseMs} = this.#options
    while (!this.#over.signal.aborted && !this.#lost) {
      const waited = await this.#wait(this.#wake.signal, leaseMs / 3)
      // Progress comes many times a second.
      if (waited === 'woken' && !this.#urgent) await this.#wait(this.#over.signal, progressMs)
      if (this.#over.signal.aborted) return
      this.#wake = new AbortController()
      this.#urgent = false
      await this.#renew()
    }
  }

  async #wait(signal: AbortSignal, longestMs: number): Promise<'woken' | 'time'> {
    if (signal.aborted) return 'woken'
    try {
      await sleep(longestMs, signal)
      return 'time'
    } catch {
      // Nothing else ends a sleep before its time.
      return 'woken'
    }
  }

  async #renew(): Promise<void> {
    const {queue, job, worker, leaseMs, log} = this.#options
    const askedAtMs = performance.now()
    const progress = this.#progress
    try {
      const answer = await queue.renew({id: job.id, worker, leaseMs, progress})
      this.#keptAtMs = askedAtMs
      this.#written = progress
      if (answer === 'lost') this.#lose('another worker may have it')
      else if (answer === 'cancel' && !this.#run.signal.aborted) {
        const by = (await queue.get(job.id))?.cancelRequestedBy ?? 'biomaj'
        this.#run.abort(RunCancelled.by(by))
      }
    } catch (error) {
      log.warn({err: error, job: job.id}, 'cannot renew the lease of a job')
      if (performance.now() - this.#keptAtMs > leaseMs) this.#lose('it could not be renewed in time')
    }
  }

  #lose(why: string): void {
    this.#lost = true
    this.#run.abort(new RunInterrupted(`the lease of the job has ended: ${why}`))
    this.#kill.abort()
  }
}
