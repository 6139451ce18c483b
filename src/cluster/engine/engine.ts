import type {SessionId} from '../model/bank.js'
import type {RemoveRequest, RepairRequest, UpdateRequest} from '../queue/queue.js'

/** Under whose name, for which job and how long a run goes on. */
export interface RunContext {
  job: string
  user: string
  admin: boolean
  worker: string
  correlationId: string
  /** Aborted with a `RunCancelled` (somebody cancelled) or a `RunInterrupted` (the worker stops or lost its lease: leave all as it is, to be resumed). */
  signal: AbortSignal
}

export class RunCancelled extends Error {
  constructor(why: string) {
    super(why)
    this.name = 'RunCancelled'
  }

  static by(user: string): RunCancelled {
    return new RunCancelled(`cancelled by ${user}`)
  }
}

export class RunInterrupted extends Error {
  constructor(why: string) {
    super(why)
    this.name = 'RunInterrupted'
  }
}

/** How a run ended. A run that was interrupted has no outcome: the engine throws the `RunInterrupted`. */
export interface RunOutcome {
  state: 'done' | 'failed' | 'cancelled'
  session: SessionId | null
  /** Local name. */
  release: string | null
  /** Absolute directory of the release, where there is one. */
  directory: string | null
  /** Whether it brought something new. */
  updated: boolean
  published: boolean
  /** One line; null when all went well. */
  reason: string | null
}

/** What can be done with a bank on disk. Each writes status, log and history itself, whatever happens. */
export interface Engine {
  update(request: UpdateRequest, context: RunContext): Promise<RunOutcome>
  remove(request: RemoveRequest, context: RunContext): Promise<RunOutcome>
  repair(request: RepairRequest, context: RunContext): Promise<RunOutcome>
  /** Points `current` at a release (null: the newest), atomically. */
  publish(bank: string, release: string | null): Promise<{release: string; directory: string}>
  unpublish(bank: string): Promise<void>
  freeze(bank: string, release: string, frozen: boolean): Promise<void>
  rename(bank: string, name: string): Promise<void>
  /** Moves the bank's releases to another `dir.version`-like folder, as BioMAJ's `newdir` does. */
  move(bank: string, directory: string): Promise<void>
}
