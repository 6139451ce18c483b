import {sleep} from '../../shared/abort.js'
import {BiomajError} from '../../shared/errors.js'
import {RunCancelled, RunInterrupted} from '../engine/engine.js'
import {told} from '../engine/told.js'
import type {ServiceName} from '../model/records.js'
import type {Job, JobKind} from '../queue/queue.js'
import {register, type Registration} from '../services/registration.js'
import type {Service, ServiceContext} from '../services/service.js'
import {systemWallClock} from '../services/wall-clock.js'
import {Bell} from './bell.js'
import {JobLease} from './job-lease.js'

/** Nobody waits longer than this for a worker that has not been told of a job. */
const pollMs = 1000
/** A stop that has to be immediate waits no longer than this for what it has killed. */
const killedMs = 2000

/** How a job ended. */
export interface JobEnd {
  state: 'done' | 'failed' | 'cancelled'
  result?: unknown
  reason?: string | undefined
}

/** What the handler of a job is given beside the job. */
export interface JobWork {
  lease: JobLease
  /** Name of the worker that has the job. */
  worker: string
}

export interface PoolOptions<Kind extends JobKind> {
  context: ServiceContext
  service: ServiceName
  kinds: readonly Kind[]
  /** Jobs at a time. */
  slots: number
  /** Does a job. What it throws makes the job fail; a `RunInterrupted` gives it back, a `RunCancelled` cancels it. */
  handle: (job: Job<Kind>, work: JobWork) => Promise<JobEnd>
  /** Changes of these kinds are told as events. */
  tellsOf?: readonly JobKind[] | undefined
}

/**
 * Starts workers of one service, one for each slot: each is registered as an instance, takes one job at a time under a
 * lease, and looks for the next when the queue changes, or after a second.
 */
export async function startPool<Kind extends JobKind>(options: PoolOptions<Kind>): Promise<Service> {
  const pool = new WorkerPool(options)
  await pool.start()
  return pool
}

class WorkerPool<Kind extends JobKind> implements Service {
  readonly #options: PoolOptions<Kind>
  readonly #bell = new Bell()
  readonly #stopping = new AbortController()
  readonly #leases = new Set<JobLease>()
  #immediately = false
  #slots: Array<Promise<void>> = []
  #unwatch = () => {}

  constructor(options: PoolOptions<Kind>) {
    this.#options = options
  }

  async start(): Promise<void> {
    const {context, service, slots, kinds} = this.#options
    const {store, queue, settings, log} = context
    const options = {store, service, leaseMs: settings.leaseMs, clock: systemWallClock, log}
    const registrations = await Promise.all(Array.from({length: slots}, async () => register(options)))
    this.#unwatch = queue.watch(({id, kind, state, cancelRequested}) => {
      if (cancelRequested && state === 'running') {
        for (const lease of this.#leases) if (lease.job.id === id) lease.check()
      }
      // The end of a job may let another one of its bank begin.
      if (state !== 'running' && (kinds as readonly JobKind[]).includes(kind)) this.#bell.ring()
    })
    this.#slots = registrations.map(async registration => this.#work(registration))
  }

  async stop({immediately}: {immediately: boolean}): Promise<void> {
    this.#immediately ||= immediately
    this.#stopping.abort()
    this.#bell.ring()
    for (const lease of this.#leases) lease.interrupt('the worker is stopped', {immediately})
    const ended = Promise.all(this.#slots)
    await (this.#immediately ? Promise.race([ended, sleep(killedMs)]) : ended)
    this.#unwatch()
  }

  async #work(registration: Registration): Promise<void> {
    const {log} = this.#options.context
    while (!this.#stopping.signal.aborted) {
      const {count} = this.#bell
      const job = await this.#take(registration.id)
      if (job) await this.#do(job, registration)
      else await this.#bell.wait({count, longestMs: pollMs})
    }
    await registration.leave().catch((error: unknown) => log.warn({err: error}, 'a worker could not sign off'))
  }

  async #take(worker: string): Promise<Job<Kind> | undefined> {
    const {context, kinds} = this.#options
    try {
      return await context.queue.take({kinds, worker, leaseMs: context.settings.leaseMs})
    } catch (error) {
      context.log.error({err: error, worker}, 'no job can be taken')
      return undefined
    }
  }

  async #do(job: Job<Kind>, registration: Registration): Promise<void> {
    const {queue, settings} = this.#options.context
    const log = this.#options.context.log.child({
      job: job.id,
      kind: job.kind,
      bank: job.bank,
      correlationId: job.correlationId,
      worker: registration.id,
    })
    const lease = new JobLease({queue, job, worker: registration.id, leaseMs: settings.leaseMs, log})
    this.#leases.add(lease)
    if (this.#stopping.signal.aborted) lease.interrupt('the worker is stopped', {immediately: this.#immediately})
    try {
      await registration.work({bank: job.bank, action: job.kind, job: job.id, sinceMs: Date.now()})
      await this.#tell(job, 'running')
      log.info({attempt: job.attempts}, 'job begins')
      const end = await this.#end(job, {lease, worker: registration.id, log})
      await lease.end()
      await this.#conclude({job, lease, end, worker: registration.id, log})
      await registration.work(null)
    } catch (error) {
      // The lease ends by itself, and the job is handed out again.
      log.error({err: error}, 'a job is left as it is')
    } finally {
      await lease.end()
      this.#leases.delete(lease)
    }
  }

  async #end(
    job: Job<Kind>,
    {lease, worker, log}: JobWork & {log: ServiceContext['log']},
  ): Promise<JobEnd | 'interrupted'> {
    try {
      lease.signal.throwIfAborted()
      return await this.#options.handle(job, {lease, worker})
    } catch (error) {
      if (error instanceof RunInterrupted) return 'interrupted'
      if (error instanceof RunCancelled) return {state: 'cancelled', reason: error.message}
      log.error({err: error}, 'job failed')
      return {state: 'failed', reason: reasonOf(error)}
    }
  }

  async #conclude({
    job,
    lease,
    end,
    worker,
    log,
  }: {
    job: Job<Kind>
    lease: JobLease
    end: JobEnd | 'interrupted'
    worker: string
    log: ServiceContext['log']
  }): Promise<void> {
    const {queue} = this.#options.context
    if (lease.isLost) {
      log.warn('job lost: its lease ended before the work did')
    } else if (end === 'interrupted') {
      await queue.release({id: job.id, worker})
      log.info('job given back')
    } else if (await queue.finish({id: job.id, worker, ...end})) {
      log.info({state: end.state, reason: end.reason}, 'job ends')
      await this.#tell(job, end.state)
    } else {
      log.warn({state: end.state}, 'job lost: what was done does not count')
    }
  }

  async #tell({id, kind, bank}: Job<Kind>, state: string): Promise<void> {
    const {context, tellsOf} = this.#options
    if (tellsOf?.includes(kind) !== true) return
    await context.store.events.append({atMs: Date.now(), type: 'job', bank, data: {id, kind, state}})
  }
}

/** One line. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return error instanceof BiomajError ? text : told`Unexpected: ${text}`
}
