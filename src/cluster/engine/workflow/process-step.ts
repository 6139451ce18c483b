import {mkdir} from 'node:fs/promises'
import path from 'node:path'
import {BiomajError} from '../../../shared/errors.js'
import {
  bankEnvironment,
  plannedProcesses,
  type PlanKind,
  type PlannedBlock,
  type PlannedMeta,
  type PlannedProcess,
  type PlanOutcome,
  type ProcessChange,
  type ProcessPlan,
  processPlan,
  runPlan,
} from '../processes/index.js'
import type {Run} from './run.js'
import {releaseToDisk} from './to-disk.js'

const titles: Readonly<Record<PlanKind, string>> = {
  preprocess: 'PROC:PRE',
  postprocess: 'PROC:POST:BLOCK',
  removeprocess: 'PROC:REMOVE',
}

/**
 * Runs the processes of a step that are not done yet, and remembers each as it ends.
 *
 * @throws {BiomajError} `update_failed` when one fails
 */
export async function runProcesses(run: Run, kind: PlanKind): Promise<void> {
  run.log.info(titles[kind])
  const plan = processPlan(run.properties, kind)
  const planned = plannedProcesses(plan)
  if (planned.length === 0) return
  for (const {key, name} of planned) {
    const state = run.session.processes[key] === true ? 'over' : 'waiting'
    run.status.processes = run.status.processes.filter(other => other.name !== name)
    run.status.processes.push({name, state, startedAtMs: null, endedAtMs: null})
  }
  await run.tellProgress()
  const outcome = await execute(run, plan)
  const [failure] = outcome.failures
  if (!outcome.ok) {
    throw new BiomajError({code: 'update_failed', message: failure?.reason ?? `A process of ${kind} failed`})
  }
}

async function execute(run: Run, plan: ProcessPlan): Promise<PlanOutcome> {
  const lines = new ProcessLines(run, plan)
  const threads = Number.parseInt(run.properties.get('bank.num.threads', '2'), 10)
  await mkdir(run.layout.processDirectory, {recursive: true})
  return runPlan({
    plan,
    bank: run.bank,
    session: run.session.id,
    done: run.session.processes,
    environment: environmentOf(run),
    processes: run.parts.processes,
    threads: Number.isInteger(threads) && threads > 0 ? threads : 2,
    workingDirectory: run.layout.processDirectory,
    logDirectory: path.dirname(run.log.file),
    timeoutMs: run.parts.settings.processTimeoutMs,
    signal: run.signal,
    onProcess: async change => onProcess(run, change, lines),
  })
}

function environmentOf(run: Run): Record<string, string> {
  return bankEnvironment({
    bank: run.bank,
    properties: run.properties,
    session: run.session,
    dependencies: run.dependencyDirectories.map(({bank, directory}) => ({bank, directory})),
    path: run.parts.env['PATH'],
  })
}

async function onProcess(run: Run, change: ProcessChange, lines: ProcessLines): Promise<void> {
  const {key, name, state, atMs, reason, produced, problems} = change
  const row = run.status.processes.find(other => other.name === name)
  if (row) {
    row.state = state
    if (state === 'running') row.startedAtMs = atMs
    else row.endedAtMs = atMs
  }
  if (state === 'running') {
    run.session.processes[key] = false
    lines.begin(key, name)
    await run.tellProgress()
    return
  }
  for (const problem of problems) run.log.warning(`PROCESS:METADATA:${name}:${problem}`)
  if (state === 'over') {
    await releaseToDisk(run)
    run.session.processes[key] = true
    const others = run.session.produced.filter(({process}) => process !== name)
    run.session.produced = [...others, ...produced]
    run.log.info(`PROCESS:EXEC:${name}:True`)
    run.log.info(`PROC:META:RUN:PROCESS:OK:${name}`)
  } else {
    run.log.error(`PROCESS:ERROR:${name}`)
    if (reason !== null) run.log.error(`Workflow:wf_process:${reason}`)
    run.log.info(`PROCESS:EXEC:${name}:False`)
    run.log.info(`PROC:META:RUN:PROCESS:ERROR:${name}`)
  }
  // A process may have run for hours: that it is done must survive whatever comes next.
  await run.save()
}

/** What BioMAJ writes when a process begins: also of its block and meta, the first time. */
class ProcessLines {
  readonly #run: Run
  readonly #plan: ProcessPlan
  readonly #done: ReadonlySet<string>
  readonly #told = new Set<string>()

  constructor(run: Run, plan: ProcessPlan) {
    this.#run = run
    this.#plan = plan
    const {processes} = run.session
    this.#done = new Set(Object.keys(processes).filter(key => processes[key] === true))
    for (const block of plan.blocks) {
      if (this.#isDone(block.metas.flatMap(meta => meta.processes))) this.#block(block)
      for (const meta of block.metas) if (this.#isDone(meta.processes)) this.#meta(meta)
    }
  }

  begin(key: string, name: string): void {
    for (const block of this.#plan.blocks) {
      for (const meta of block.metas) {
        if (!meta.processes.some(process => process.key === key)) continue
        this.#block(block)
        this.#meta(meta)
        this.#run.log.info(`PROC:META:RUN:PROCESS:${name.slice(meta.name.length + 1)}`)
      }
    }
    this.#run.log.info(`PROCESS:RUN:${name}`)
  }

  #block({name}: PlannedBlock): void {
    if (name !== '') this.#once(`PROC:POST:BLOCK:${name}`)
  }

  #meta({name, processes}: PlannedMeta): void {
    if (!this.#once(`PROC:META:RUN:${name}`)) return
    for (const process of processes) {
      if (this.#done.has(process.key))
        this.#run.log.info(`PROC:META:SKIP:PROCESS:${process.name.slice(name.length + 1)}`)
    }
  }

  #isDone(processes: readonly PlannedProcess[]): boolean {
    return processes.every(({key}) => this.#done.has(key))
  }

  #once(line: string): boolean {
    if (this.#told.has(line)) return false
    this.#told.add(line)
    this.#run.log.info(line)
    return true
  }
}
