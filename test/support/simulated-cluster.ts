import type {BiomajClient} from '../../src/api/client.js'
import type {HistoryEntry} from '../../src/api/contract/bank.js'
import type {BankRun} from '../../src/api/contract/run.js'
import {updateSteps} from '../../src/api/contract/steps.js'
import {BiomajError, type ErrorCode} from '../../src/shared/errors.js'
import type {FakeClock} from './replayed-cluster.js'

export type Fate = 'updated' | 'up_to_date' | 'failed' | 'sub_step_failed' | 'cancelled' | 'never_started'

export interface SimulatedJob {
  fate: Fate
  queuedMs: number
  runMs: number
  /** Share of answers that do not come, 0 to 1. */
  faults: number
  /** What happens to the request itself. */
  submission: 'answered' | 'lost before' | 'lost after'
}

const faultCodes: readonly ErrorCode[] = ['unreachable', 'timeout', 'server_error', 'protocol', 'response_too_large']

/**
 * One bank of a cluster in simulated time, for many thousands of runs: behaves as the recorded timelines do (see
 * test/fixtures/sequences), and loses any share of its answers.
 */
export class SimulatedCluster {
  /** Requests that reached the queue. More than one would be a double submission. */
  submitted = 0
  requests = 0
  readonly #clock: FakeClock
  readonly #random: () => number
  readonly #job: SimulatedJob
  #submittedMs = Number.POSITIVE_INFINITY
  /** Faults begin with the submission: before it a fault is an error that the user sees, and nothing was sent. */
  #armed = false

  constructor(clock: FakeClock, random: () => number, job: SimulatedJob) {
    this.#clock = clock
    this.#random = random
    this.#job = job
  }

  client(): BiomajClient {
    const faulty = async <T>(answer: () => T): Promise<T> => {
      this.requests++
      if (this.#armed && this.#random() < this.#job.faults) throw this.#fault()
      return answer()
    }
    const simulated = {
      daemon: {
        maintenance: async () => faulty(() => false),
        activity: async () => faulty(() => this.#activity()),
        locks: async () =>
          faulty(() => ({
            banks: this.#phase() === 'running' && this.#job.fate !== 'never_started' ? ['bank'] : [],
            maintenance: false,
          })),
      },
      banks: {
        run: async () => faulty(() => this.#run()),
        owns: async () => faulty(() => true),
        update: async () => this.#update(),
      },
      additions: {capabilities: async () => faulty(() => new Set())},
      history: {list: async () => faulty(() => this.#history())},
      logs: {tail: () => linesOf(faulty(() => this.#log()))},
    }
    // The resources of the real client hold private fields, which no other object can have.
    return simulated as unknown as BiomajClient
  }

  async #update(): Promise<void> {
    this.requests++
    this.#armed = true
    const {submission} = this.#job
    if (submission !== 'lost before') {
      this.submitted++
      if (this.submitted === 1) this.#submittedMs = this.#clock.nowMs()
    }
    if (submission !== 'answered') throw this.#fault()
  }

  #fault(): BiomajError {
    const code = faultCodes[Math.floor(this.#random() * faultCodes.length)] ?? 'unreachable'
    return new BiomajError({code, message: 'simulated fault'})
  }

  #phase(): 'none' | 'queued' | 'running' | 'over' {
    const ageMs = this.#clock.nowMs() - this.#submittedMs
    if (Number.isNaN(ageMs) || ageMs < 0) return 'none'
    if (ageMs < this.#job.queuedMs) return 'queued'
    return ageMs < this.#job.queuedMs + this.#job.runMs ? 'running' : 'over'
  }

  #activity() {
    const phase = this.#phase()
    // A daemon that an exception threw out of a run goes on showing it.
    const stuck = phase === 'over' && this.#job.fate === 'never_started'
    const busy = phase === 'running' || stuck
    return {
      queueDepth: phase === 'queued' ? 1 : 0,
      waiting: phase === 'queued' ? ['bank'] : [],
      daemons: [busy ? {daemon: 'd', bank: 'bank', action: 'update'} : {daemon: 'd'}],
    }
  }

  #started(): boolean {
    const phase = this.#phase()
    return (phase === 'running' || phase === 'over') && this.#job.fate !== 'never_started'
  }

  #run(): BankRun {
    const {fate, queuedMs, runMs} = this.#job
    const over = this.#phase() === 'over'
    const share = (this.#clock.nowMs() - this.#submittedMs - queuedMs) / runMs
    const reached = Math.floor(share * updateSteps.length)
    const state = (index: number) => {
      if (!this.#started()) return 'done' as const
      if (over && (fate === 'updated' || (fate === 'up_to_date' && index < 5))) return 'done' as const
      if (over && fate === 'up_to_date') return index === 8 ? ('done' as const) : ('skipped' as const)
      if (over && fate === 'failed' && index === 5) return 'failed' as const
      return index < Math.min(reached, 5) ? ('done' as const) : ('waiting' as const)
    }
    return {
      session: '1',
      logFile: this.#started() ? '/log/2' : '/log/1',
      steps: updateSteps.map((step, index) => ({step, state: state(index), processes: []})),
      requests: [],
    }
  }

  #history(): HistoryEntry[] {
    const {fate} = this.#job
    const earlier: HistoryEntry = {
      bank: 'bank',
      action: 'update',
      start: '2026-01-01T00:00:00Z',
      end: '2026-01-01T00:00:09Z',
      updated: true,
      error: true,
    }
    if (this.#phase() !== 'over' || fate === 'never_started') return [earlier]
    return [
      {
        ...earlier,
        start: '2026-01-02T00:00:00Z',
        updated: fate !== 'up_to_date',
        error: fate !== 'updated' && fate !== 'up_to_date',
      },
      earlier,
    ]
  }

  #log(): string[] {
    if (!this.#started())
      return [line('Error of the run before', 'ERROR'), line('Cancel requested, stopping update', 'WARNI')]
    if (this.#phase() !== 'over') return [line('Workflow:Start:download')]
    if (this.#job.fate === 'cancelled') return [line('Cancel requested, stopping update', 'WARNI')]
    return this.#job.fate.endsWith('failed')
      ? [line('Workflow:Start:download'), line('An error occured during download', 'ERROR')]
      : []
  }
}

async function* linesOf(lines: Promise<string[]>): AsyncGenerator<string> {
  yield* await lines
}

function line(message: string, level = 'INFO '): string {
  return `2026-01-02 00:00:00,000 ${level} [root][MainThread] ${message}`
}
