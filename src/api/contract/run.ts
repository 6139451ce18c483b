import * as z from 'zod/mini'
import {cells, headers, parseBody, rowsOf} from './parse.js'
import {isUpdateStep, type UpdateStep} from './steps.js'
import {utcTime} from './time.js'

/**
 * `waiting` is also what the running step reads: the wire does not tell them apart. `skipped`: there was nothing to do,
 * or a run that goes on from an earlier one had it done already.
 */
export type StepState = 'done' | 'failed' | 'waiting' | 'skipped'

export interface ProcessRun {
  /** `META_PROCESS`, as in the bank's log. */
  name: string
  state: 'done' | 'failed' | 'running'
}

export interface StepRun {
  step: UpdateStep
  state: StepState
  /** Processes of a preprocess or postprocess step. */
  processes: ProcessRun[]
}

export interface PendingRequest {
  action: string
  /** RFC 3339, UTC. */
  requestedAt: string | null
}

/** The last or running update of a bank, step by step. */
export interface BankRun {
  /** Session id; a resumed run keeps the id of the failed one. Null for a bank that never ran. */
  session: string | null
  /** Path on the server; changes with each run. */
  logFile: string | null
  steps: StepRun[]
  /** Update and removal requests that wait in the queue (repairs are not listed). */
  requests: PendingRequest[]
}

const runBody = z.object({
  pending: z.object({headers, actions: z.array(cells)}),
  status: z.object({headers, process: z.array(cells)}),
})
const noRunBody = z.object({msg: z.string()})

const stepStates = {over: 'done', error: 'failed', waiting: 'waiting', skipped: 'skipped'} as const
const processStates = {True: 'done', False: 'failed', None: 'running'} as const

export function parseRun(body: unknown, route: string): BankRun {
  const run: BankRun = {session: null, logFile: null, steps: [], requests: []}
  if (z.safeParse(noRunBody, body).success) return run
  const {pending, status} = parseBody(runBody, body, route)
  run.requests = rowsOf({headers: pending.headers, rows: pending.actions}, route).map(row => ({
    action: row.required('Pending actions'),
    requestedAt: utcTime(row.text('Date')),
  }))
  for (const row of rowsOf({headers: status.headers, rows: status.process}, route)) {
    const name = row.required('Workflow step')
    const value = row.text('Status') ?? ''
    if (name === 'log_file') run.logFile = value === 'none' ? null : value
    else if (name === 'session') run.session = value
    else if (isUpdateStep(name))
      run.steps.push({step: name, state: stateOf(stepStates, value, 'waiting'), processes: []})
    else run.steps.at(-1)?.processes.push({name, state: stateOf(processStates, value, 'running')})
  }
  return {...run, steps: withSkipped(run.steps)}
}

/**
 * A run that goes on from an earlier one passes over what that one got done, and BioMAJ writes nothing about these
 * steps: they read `waiting` until the run is over, and for ever when it fails. What came to a later step is past them.
 * `over` tells nothing, BioMAJ writes it too early.
 */
function withSkipped(steps: readonly StepRun[]): StepRun[] {
  const reached = steps.findLastIndex(
    ({step, state, processes}) => step !== 'over' && (state !== 'waiting' || processes.length > 0),
  )
  return steps.map((step, index) =>
    index < reached && step.state === 'waiting' ? {...step, state: 'skipped' as const} : step,
  )
}

function stateOf<State extends string>(states: Readonly<Record<string, State>>, word: string, otherwise: State): State {
  return Object.hasOwn(states, word) ? (states[word] ?? otherwise) : otherwise
}
