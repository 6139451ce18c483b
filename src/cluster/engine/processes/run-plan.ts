import path from 'node:path'
import {BiomajError} from '../../../shared/errors.js'
import type {ProducedFiles, SessionId} from '../../model/bank.js'
import type {ProcessResult, Processes} from '../ports.js'
import {processArguments} from './arguments.js'
import {readMetadata} from './metadata-lines.js'
import type {PlannedBlock, PlannedProcess, ProcessPlan} from './process-plan.js'

/** What became of a process. Those that were done before are not told. */
export interface ProcessChange {
  key: string
  /** `<META>_<process>` */
  name: string
  state: 'running' | 'over' | 'error'
  atMs: number
  /** One line; null unless it failed. */
  reason: string | null
  /** What it said of its files, when it is over. */
  produced: ProducedFiles[]
  /** Lines of its output that could not be understood; one line each. */
  problems: string[]
}

export interface PlanRun {
  plan: ProcessPlan
  bank: string
  session: SessionId
  /** By key of the process; those that are true are not run again. */
  done: Readonly<Record<string, boolean>>
  environment: Readonly<Record<string, string>>
  processes: Processes
  /** `bank.num.threads` */
  threads: number
  /** `process.dir` */
  workingDirectory: string
  /** Folder of the run's log; must exist. */
  logDirectory: string
  timeoutMs: number | null
  signal: AbortSignal
  /** Awaited, so that what it writes is safe before the next process begins. Called from several threads. */
  onProcess?: ((change: ProcessChange) => void | Promise<void>) | undefined
}

export interface PlanOutcome {
  ok: boolean
  /** What was done before, and what is done now. A process that failed is false. */
  done: Record<string, boolean>
  /** Of the processes that ran now. */
  produced: ProducedFiles[]
  /** In the order in which they failed. */
  failures: Array<{key: string; name: string; reason: string}>
}

/**
 * Runs the processes of a step as BioMAJ does: a block that fails ends the step; the metas of a block are dealt to
 * `threads` threads in turn; a meta that fails does not stop the next one of its thread; in a meta, what follows the
 * first failure is not run.
 *
 * @throws the signal's reason when it is aborted, after all that ran has been stopped
 */
export async function runPlan(run: PlanRun): Promise<PlanOutcome> {
  const outcome: PlanOutcome = {ok: true, done: {...run.done}, produced: [], failures: []}
  for (const block of run.plan.blocks) {
    await runBlock(block, {run, outcome})
    if (!outcome.ok) break
  }
  return outcome
}

interface Running {
  run: PlanRun
  outcome: PlanOutcome
}

async function runBlock(block: PlannedBlock, {run, outcome}: Running): Promise<void> {
  const count = Math.max(1, Math.min(run.threads, block.metas.length))
  const stop = new AbortController()
  const signal = AbortSignal.any([run.signal, stop.signal])
  const threads = Array.from({length: count}, (_, thread) => block.metas.filter((_meta, n) => n % count === thread))
  const ends = await Promise.allSettled(
    threads.map(async metas => {
      try {
        for (const meta of metas) await runMeta(meta.processes, {run: {...run, signal}, outcome})
      } catch (error) {
        // Whatever is not the failure of a process ends the whole step.
        stop.abort(error)
        throw error
      }
    }),
  )
  run.signal.throwIfAborted()
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

async function runMeta(processes: readonly PlannedProcess[], running: Running): Promise<void> {
  for (const process of processes) {
    running.run.signal.throwIfAborted()
    if (running.outcome.done[process.key] === true) continue
    if (!(await runOne(process, running))) return
  }
}

async function runOne(process: PlannedProcess, {run, outcome}: Running): Promise<boolean> {
  const {key, name} = process
  const tell = async (change: Pick<ProcessChange, 'state'> & Partial<ProcessChange>) =>
    run.onProcess?.({key, name, atMs: Date.now(), reason: null, produced: [], problems: [], ...change})
  outcome.done[key] = false
  await tell({state: 'running'})
  const reason = await execute(process, run)
  if (reason !== null) {
    outcome.ok = false
    outcome.failures.push({key, name, reason})
    await tell({state: 'error', reason})
    return false
  }
  const {produced, problems} = await readMetadata(process, outputFile(run, name, 'out'))
  outcome.produced.push(...produced)
  outcome.done[key] = true
  await tell({state: 'over', produced, problems})
  return true
}

/** Why the process failed, or null. */
async function execute(process: PlannedProcess, run: PlanRun): Promise<string | null> {
  const {name, exe, expand} = process
  try {
    const result = await run.processes.run(
      {
        bank: run.bank,
        session: run.session,
        name,
        exe,
        args: processArguments(process, run.environment),
        expand,
        env: {...run.environment},
        workingDirectory: run.workingDirectory,
        stdoutFile: outputFile(run, name, 'out'),
        stderrFile: outputFile(run, name, 'err'),
        timeoutMs: run.timeoutMs,
      },
      {signal: run.signal},
    )
    return failureOf(name, result)
  } catch (error) {
    if (run.signal.aborted || !(error instanceof BiomajError)) throw error
    return error.message
  }
}

function failureOf(name: string, {exitCode, signal, timedOut, stopped}: ProcessResult): string | null {
  if (timedOut) return `${name} ran longer than it may, and was killed`
  if (stopped !== undefined) return `${name} was killed: ${stopped}`
  if (exitCode === 0) return null
  return exitCode === null ? `${name} was ended by ${signal ?? 'a signal'}` : `${name} ended with exit code ${exitCode}`
}

function outputFile({logDirectory}: PlanRun, name: string, extension: 'out' | 'err'): string {
  // The name comes from the bank's properties; a slash in it must not lead out of the folder.
  return path.join(logDirectory, `${name.replaceAll(/[/\0]/g, '_')}.${extension}`)
}
