import {mkdir} from 'node:fs/promises'
import path from 'node:path'
import {BiomajError} from '../../../shared/errors.js'
import {
  bankEnvironment,
  plannedProcesses,
  type PlanKind,
  type ProcessChange,
  type ProcessPlan,
  processPlan,
  runPlan,
} from '../processes/index.js'
import type {Run} from './run.js'

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
  const prefixes = plan.blocks.map(({name}) => name)
  const planned = plannedProcesses(plan)
  if (planned.length === 0) return
  for (const {key, name} of planned) {
    const state = run.session.processes[key] === true ? 'over' : 'waiting'
    run.status.processes = run.status.processes.filter(other => other.name !== name)
    run.status.processes.push({name, state, startedAtMs: null, endedAtMs: null})
    if (state === 'over') run.log.info(`PROC:META:SKIP:PROCESS:${name}`)
  }
  for (const block of prefixes) if (block !== '') run.log.info(`PROC:POST:BLOCK:${block}`)
  await run.tellProgress()
  const outcome = await execute(run, plan)
  const [failure] = outcome.failures
  if (!outcome.ok) {
    throw new BiomajError({code: 'update_failed', message: failure?.reason ?? `A process of ${kind} failed`})
  }
}

async function execute(run: Run, plan: ProcessPlan) {
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
    onProcess: change => onProcess(run, change),
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

async function onProcess(run: Run, {key, name, state, atMs, reason, produced, problems}: ProcessChange): Promise<void> {
  const row = run.status.processes.find(other => other.name === name)
  if (row) {
    row.state = state
    if (state === 'running') row.startedAtMs = atMs
    else row.endedAtMs = atMs
  }
  if (state === 'running') {
    run.session.processes[key] = false
    run.log.info(`PROC:META:RUN:PROCESS:${name}`)
    run.log.info(`PROCESS:RUN:${name}`)
    await run.tellProgress()
    return
  }
  for (const problem of problems) run.log.warning(`PROCESS:METADATA:${name}:${problem}`)
  if (state === 'over') {
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
