import {mkdir} from 'node:fs/promises'
import {updateSteps, type UpdateStep} from '../../model/steps.js'
import type {Bank, Session} from '../../model/bank.js'
import {plainUpdate} from '../../queue/plain-update.js'
import type {UpdateRequest} from '../../queue/queue.js'
import type {RunContext, RunOutcome} from '../engine.js'
import {RunInterrupted} from '../engine.js'
import {productionOf} from './bank-document.js'
import {check} from './check-step.js'
import {cleanOffline, cleanOldSessions, deleteOld} from './cleanup-steps.js'
import {directoryOf, followCurrent} from './current-link.js'
import {depends, findDependencies} from './depends-step.js'
import {download} from './download-step.js'
import type {EngineParts} from './engine-parts.js'
import {finishFailed, finishOver, finishStopped} from './finish.js'
import {type Occasion, onOccasion, openLog, recorded} from './occasion.js'
import {metadata, postprocess, stats} from './postprocess-step.js'
import {runProcesses} from './process-step.js'
import {oldBiomajApi, publish} from './publish-step.js'
import {checksum, copy, copydepends, hasReleaseDirectory, uncompress} from './release-files.js'
import {release} from './release-step.js'
import {finishRemovals} from './removal.js'
import {chooseSession, newSession} from './sessions.js'
import {resetProcesses} from './reset-processes.js'
import {releaseToDisk} from './to-disk.js'
import {removeTree} from './trees.js'
import {RemoteMovedOn, type StepResult, SubStepFailed, UpdateRun} from './update-run.js'

type Main = (run: UpdateRun) => Promise<StepResult>
type Sub = readonly [name: string, run: (run: UpdateRun) => Promise<void> | void]

const writesRelease: ReadonlySet<UpdateStep> = new Set(['download', 'postprocess', 'publish'])

const steps: Readonly<Record<Exclude<UpdateStep, 'over'>, {main: Main; subs: readonly Sub[]}>> = {
  init: {main: init, subs: []},
  check: {main: check, subs: []},
  depends: {main: depends, subs: []},
  preprocess: {main: preprocess, subs: []},
  release: {main: release, subs: []},
  download: {
    main: download,
    subs: [
      ['checksum', checksum],
      ['uncompress', uncompress],
      ['copy', copy],
      ['copydepends', copydepends],
    ],
  },
  postprocess: {
    main: postprocess,
    subs: [
      ['metadata', metadata],
      ['stats', stats],
    ],
  },
  publish: {
    main: publish,
    subs: [
      ['old_biomaj_api', oldBiomajApi],
      ['clean_offline', cleanOffline],
      ['delete_old', deleteOld],
      ['clean_old_sessions', cleanOldSessions],
    ],
  },
}

/** Updates a bank, and before it the banks that it depends on. */
export async function update(parts: EngineParts, request: UpdateRequest, context: RunContext): Promise<RunOutcome> {
  return onOccasion({parts, bank: request.bank, action: 'update', context}, async occasion => {
    const ended = await endedBefore(occasion)
    if (ended) return ended
    const {bank, loaded, layout, startMs, stored} = occasion
    const facts = {layout, nowMs: startMs, job: context.job}
    const {session, how} = chooseSession(stored, request, facts)
    if (how === 'chosen' && request.fromTask !== null) {
      resetProcesses(session, loaded.properties, {fromTask: request.fromTask, process: request.process})
    }
    const log = openLog(occasion)
    try {
      const begin = (chosen: Session, begunHow: typeof how) =>
        new UpdateRun({
          parts,
          bank,
          loaded,
          layout,
          context,
          log,
          session: chosen,
          steps: updateSteps,
          startMs,
          request,
          how: begunHow,
          updateDependency: dependency => update(parts, plainUpdate(dependency), context),
        })
      log.info(`Log file: ${log.file}`)
      log.warning(`Bank:${bank}:Update`)
      log.info(`Job:${context.job}:${context.correlationId}`)
      log.info(`Bank:${bank}:Release:${request.release ?? 'latest'}`)
      const run = begin(session, how)
      const outcome = await attempt(run)
      if (outcome) return outcome
      // The remote side went on since the session began: what it is about cannot be had any more.
      const fresh = {...newSession(await run.stored(), 'update', {...facts, nowMs: parts.clock.epochMs()})}
      fresh.previousRelease = session.previousRelease ?? null
      await removeTree(layout.offlineDirectory)
      return (
        (await attempt(begin(fresh, 'new'))) ??
        (await finishFailed(run, new Error('the remote release keeps changing')))
      )
    } finally {
      log.close()
    }
  })
}

/** The job may have come to its end here before, and died before it could tell. */
async function endedBefore({parts, bank, context, stored, layout}: Occasion): Promise<RunOutcome | undefined> {
  const session = stored.sessions.findLast(({job, action}) => job === context.job && action === 'update')
  const row = await recorded(parts.store, {bank, action: 'update', job: context.job})
  if (!row && !session?.over) return undefined
  if (!row && session) {
    await parts.store.history.add({
      bank,
      action: 'update',
      startMs: session.id * 1000,
      endMs: parts.clock.epochMs(),
      updated: session.updated,
      error: false,
      cancelled: false,
      reason: null,
      job: context.job,
    })
  }
  await followCurrent({parts, layout})
  const production = session?.release == null ? undefined : productionOf(stored, session.release)
  return {
    state: row?.cancelled === true ? 'cancelled' : row?.error === true ? 'failed' : 'done',
    session: session?.id ?? null,
    release: session?.release ?? null,
    directory: production ? directoryOf(production) : null,
    updated: row?.error === true ? false : (row?.updated ?? session?.updated ?? false),
    published: isPublished(stored, session),
    reason: row?.reason ?? null,
  }
}

function isPublished(bank: Bank, session: Session | undefined): boolean {
  return session !== undefined && bank.current === session.id
}

/** Undefined when the remote side has another release than the session is about, which was not in production. */
async function attempt(run: UpdateRun): Promise<RunOutcome | undefined> {
  run.log.info('Workflow:Start')
  try {
    return await walk(run)
  } catch (error) {
    if (run.signal.reason instanceof RunInterrupted) throw run.signal.reason
    if (error instanceof RemoteMovedOn && run.request.fromTask === null && run.request.release === null) {
      const {production} = await run.stored()
      if (!production.some(({session}) => session === run.session.id)) {
        run.log.warning(
          `Workflow:wf_download:${error.message}, no longer ${run.session.remoteRelease ?? ''}: starting anew`,
        )
        return undefined
      }
    }
    return finishFailed(run, error)
  }
}

async function walk(run: UpdateRun): Promise<RunOutcome> {
  const {request, session, log, signal} = run
  let nothingNew = false
  for (const step of updateSteps) {
    if (nothingNew) {
      log.info(`Workflow:Skip:${step}`)
      if (step !== 'over') run.mark(step, 'skipped')
      continue
    }
    if (request.stopBefore === step) return finishStopped(run)
    signal.throwIfAborted()
    if (step === 'over') break
    if (step !== 'init' && session.steps[step] === true) {
      log.info(`Workflow:Skip:${step}`)
      run.mark(step, 'skipped')
    } else {
      await run.begin(step)
      nothingNew = (await runStep(run, step)) === 'nothing-new'
      if (writesRelease.has(step)) await releaseToDisk(run)
      session.steps[step] = true
      run.mark(step, 'over')
    }
    if (!nothingNew && request.stopAfter === step) return finishStopped(run)
  }
  return finishOver(run, {nothingNew})
}

async function runStep(run: UpdateRun, step: Exclude<UpdateStep, 'over'>): Promise<StepResult> {
  const {main, subs} = steps[step]
  const result = await main(run)
  if (result === 'nothing-new') return result
  for (const [name, sub] of subs) {
    run.signal.throwIfAborted()
    try {
      await sub(run)
    } catch (error) {
      throw new SubStepFailed(name, error)
    }
  }
  return 'done'
}

async function init(run: UpdateRun): Promise<StepResult> {
  const {layout, parts, session, request, log} = run
  log.info('Workflow:wf_init')
  await finishRemovals(parts, layout)
  await followCurrent(run)
  if (request.fromScratch && run.how === 'new') {
    log.info('Workflow:wf_clean_offline')
    await removeTree(layout.offlineDirectory)
  }
  await mkdir(layout.releasesDirectory, {recursive: true})
  await mkdir(layout.offlineDirectory, {recursive: true})
  if (session.steps.download === true && !(await hasReleaseDirectory(run))) {
    log.warning('Workflow:wf_init:the folder of the release is gone, its files are fetched again')
    for (const step of updateSteps.slice(updateSteps.indexOf('download'))) delete session.steps[step]
    session.processes = {}
    session.produced = []
  }
  if (session.steps.depends === true) await findDependencies(run)
  return 'done'
}

async function preprocess(run: UpdateRun): Promise<StepResult> {
  run.log.info('Workflow:wf_preprocess')
  await runProcesses(run, 'preprocess')
  return 'done'
}
