import type {JobKind, JobState} from '../../../../src/cluster/queue/queue.js'

export interface NaiveJob {
  /** In the order of adding. */
  number: number
  kind: JobKind
  bank: string
  parent: number | null
  priority: number
  state: JobState
  worker: string | null
  leaseUntilMs: number
  attempts: number
  cancelRequested: boolean
}

const bankKinds = new Set<JobKind>(['update', 'remove', 'repair'])

/** What a queue promises, in the fewest words: an array that is searched from end to end. */
export class NaiveQueue {
  readonly jobs: NaiveJob[] = []
  nowMs = 0

  add({kind, bank, parent, priority}: Pick<NaiveJob, 'kind' | 'bank' | 'parent' | 'priority'>): number {
    const number = this.jobs.length
    const waitedFor = parent === null ? undefined : this.jobs[parent]
    const job: NaiveJob = {
      number,
      kind,
      bank,
      parent,
      priority,
      state: 'queued',
      worker: null,
      leaseUntilMs: 0,
      attempts: 0,
      cancelRequested: false,
    }
    this.jobs.push(job)
    if (waitedFor !== undefined && (hasEnded(waitedFor) || waitedFor.cancelRequested)) this.#cancel(job)
    return number
  }

  take(kinds: readonly JobKind[], worker: string, leaseMs: number): number | undefined {
    this.#abandon(({leaseUntilMs}) => leaseUntilMs <= this.nowMs)
    const busy = new Set(
      this.jobs.filter(({state, kind}) => state === 'running' && bankKinds.has(kind)).map(({bank}) => bank),
    )
    const [job] = this.jobs
      .filter(({state, kind}) => state === 'queued' && kinds.includes(kind))
      .filter(({kind, bank}) => !bankKinds.has(kind) || !busy.has(bank))
      .toSorted((a, b) => b.priority - a.priority || a.number - b.number)
    if (job === undefined) return undefined
    Object.assign(job, {state: 'running', worker, leaseUntilMs: this.nowMs + leaseMs, attempts: job.attempts + 1})
    return job.number
  }

  renew(number: number, worker: string, leaseMs: number): 'kept' | 'cancel' | 'lost' {
    const job = this.#held(number, worker)
    if (job === undefined) return 'lost'
    job.leaseUntilMs = this.nowMs + leaseMs
    return job.cancelRequested ? 'cancel' : 'kept'
  }

  finish(number: number, worker: string, state: 'done' | 'failed' | 'cancelled'): boolean {
    const job = this.#held(number, worker)
    if (job !== undefined) this.#end(job, state)
    return job !== undefined
  }

  release(number: number, worker: string): boolean {
    const job = this.#held(number, worker)
    if (job === undefined) return false
    if (job.cancelRequested) this.#end(job, 'cancelled')
    else {
      job.attempts--
      this.#giveBack(job)
    }
    return true
  }

  cancel(number: number): boolean {
    const job = this.jobs[number]
    if (job === undefined || hasEnded(job)) return false
    this.#cancel(job)
    return true
  }

  expire(isDead: (worker: string) => boolean): number {
    return this.#abandon(({worker}) => worker !== null && isDead(worker))
  }

  #held(number: number, worker: string): NaiveJob | undefined {
    return this.jobs.find(job => job.number === number && job.state === 'running' && job.worker === worker)
  }

  #abandon(which: (job: NaiveJob) => boolean): number {
    const abandoned = this.jobs.filter(job => job.state === 'running' && which(job))
    // Whoever waits for another comes later: a child that dies with its parent finds itself cancelled.
    for (const job of abandoned) {
      if (job.cancelRequested) this.#end(job, 'cancelled')
      else if (job.attempts >= 3) this.#end(job, 'failed')
      else this.#giveBack(job)
    }
    return abandoned.length
  }

  #giveBack(job: NaiveJob): void {
    Object.assign(job, {state: 'queued', worker: null})
    this.#cancelChildren(job)
  }

  #end(job: NaiveJob, state: JobState): void {
    job.state = state
    this.#cancelChildren(job)
  }

  #cancel(job: NaiveJob): void {
    job.cancelRequested = true
    if (job.state === 'queued') job.state = 'cancelled'
    this.#cancelChildren(job)
  }

  #cancelChildren({number}: NaiveJob): void {
    for (const child of this.jobs) if (child.parent === number && !hasEnded(child)) this.#cancel(child)
  }
}

function hasEnded({state}: NaiveJob): boolean {
  return state !== 'queued' && state !== 'running'
}
