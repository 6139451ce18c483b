import path from 'node:path'
import {BiomajError} from '../../../shared/errors.js'
import type {Bank, Production, Session} from '../../model/bank.js'
import {type RemoveStep, removeSteps} from '../../model/steps.js'
import type {RemoveRequest} from '../../queue/queue.js'
import {type RunContext, RunInterrupted, type RunOutcome} from '../engine.js'
import {told} from '../told.js'
import {productionOf, withoutPending, withoutSessions, withSession} from './bank-document.js'
import {directoryOf, withdrawCurrent} from './current-link.js'
import type {EngineParts} from './engine-parts.js'
import {FilesCache} from './files-cache.js'
import {endOf, type Occasion, onOccasion, openLog, record, recorded} from './occasion.js'
import {runProcesses} from './process-step.js'
import {deleteRelease, finishRemovals, refuseWanted, removalOf, takeOut} from './removal.js'
import {Run} from './run.js'
import {newSession} from './sessions.js'
import {removeIfEmpty, removeTree} from './trees.js'

/** Removes a release, what is pending, or the whole bank. */
export async function remove(parts: EngineParts, request: RemoveRequest, context: RunContext): Promise<RunOutcome> {
  return onOccasion({parts, bank: request.bank, action: 'remove', context}, async occasion => {
    const row = await recorded(parts.store, {bank: request.bank, action: 'remove', job: context.job})
    if (row) return ended(row.error ? {reason: row.reason, cancelled: row.cancelled} : null)
    await finishRemovals(parts, occasion.layout)
    if (request.what === 'release') return removeOne(occasion, request)
    return quietly(occasion, async () => {
      if (request.what === 'pending') await removePending(occasion, request.release)
      else await removeAll(occasion, request)
    })
  })
}

/** A removal without a log of its own: the folder of the logs may be what it removes. */
async function quietly({parts, bank, context, startMs}: Occasion, work: () => Promise<void>): Promise<RunOutcome> {
  await work()
  const endMs = parts.clock.epochMs()
  await record(parts, {
    bank,
    action: 'remove',
    startMs,
    endMs,
    updated: null,
    error: false,
    cancelled: false,
    reason: null,
    job: context.job,
  })
  return ended(null)
}

function ended(failure: {reason: string | null; cancelled: boolean} | null): RunOutcome {
  return {
    state: failure === null ? 'done' : failure.cancelled ? 'cancelled' : 'failed',
    session: null,
    release: null,
    directory: null,
    updated: false,
    published: false,
    reason: failure?.reason ?? null,
  }
}

async function removeOne(occasion: Occasion, {release, force}: RemoveRequest): Promise<RunOutcome> {
  const {parts, bank, context, layout, loaded, stored, startMs} = occasion
  const unfinished = stored.sessions.findLast(
    ({action, job, over}) => action === 'remove' && job === context.job && over,
  )
  const production = release === null ? undefined : productionOf(stored, release)
  if (!production) {
    // The job had removed it when it died.
    if (unfinished) return quietly(occasion, async () => Promise.resolve())
    const message = told`No production session could be found for this release: ${release ?? ''}`
    throw new BiomajError({code: 'release_not_found', message})
  }
  refuseWanted(stored, production, {force})
  const log = openLog(occasion)
  const session = removalOf(production, newSession(stored, 'remove', {layout, nowMs: startMs, job: context.job}))
  const run = new Run({parts, bank, loaded, layout, context, log, session, steps: removeSteps, startMs})
  try {
    log.info(`Log file: ${log.file}`)
    log.warning(`Bank:${bank}:Remove`)
    log.info(`Job:${context.job}:${context.correlationId}`)
    log.info('Workflow:Start')
    return await walk(run, production, force)
  } finally {
    log.close()
  }
}

async function walk(run: Run, production: Production, force: boolean): Promise<RunOutcome> {
  try {
    for (const step of removeSteps) {
      run.signal.throwIfAborted()
      await run.begin(step)
      await runStep(run, {step, production, force})
      if (step !== 'removeprocess') run.session.steps[step] = true
      run.mark(step, 'over')
    }
    return await conclude(run, null)
  } catch (error) {
    if (run.signal.reason instanceof RunInterrupted) throw run.signal.reason
    return conclude(run, {error})
  }
}

async function runStep(
  run: Run,
  {step, production, force}: {step: RemoveStep; production: Production; force: boolean},
): Promise<void> {
  if (step === 'init') run.log.info('Workflow:wf_init')
  else if (step === 'removeprocess') {
    run.log.info('Workflow:wf_removepreprocess')
    await runProcesses(run, 'removeprocess')
    await takeOut(run, production, {force})
  } else if (step === 'remove_release') {
    run.log.info('Workflow:wf_remove_release')
    await deleteRelease(run, production)
  } else run.log.info('Workflow:wf_over')
}

async function conclude(run: Run, failure: {error: unknown} | null): Promise<RunOutcome> {
  const {parts, bank, context, session, status, log, startMs} = run
  const {cancelled, reason} = failure === null ? {cancelled: false, reason: null} : endOf(context, failure.error)
  if (failure !== null) {
    const step = status.running ?? 'init'
    if (cancelled) log.warning('Cancel requested, stopping update')
    else {
      log.error(`Workflow:${step}:Exception:${reason ?? ''}`)
      log.error(`Error during task ${step}`)
    }
    log.info('Workflow:wf_over')
    run.mark(step, 'error')
  }
  session.over = failure === null
  status.running = null
  status.reason = reason
  await run.save(now => ({...now, lastRemoveSession: session.id}))
  const endMs = parts.clock.epochMs()
  const error = failure !== null
  await record(parts, {
    bank,
    action: 'remove',
    startMs,
    endMs,
    updated: null,
    error,
    cancelled,
    reason,
    job: context.job,
  })
  await run.tellEvent('bank', {action: 'remove', error, cancelled, reason})
  return {...ended(error ? {reason, cancelled} : null), session: session.id, release: session.release}
}

/** Removes what updates left that did not come to their end. */
async function removePending({parts, bank, layout, stored}: Occasion, release: string | null): Promise<void> {
  const pending = stored.pending.filter(entry => release === null || entry.release === release)
  const directories = new Set(stored.production.map(directoryOf))
  for (const {session: id} of pending) {
    const session = stored.sessions.find(other => other.id === id)
    await deleteUnfinished({layout, directories}, session)
    await new FilesCache(layout.cacheDirectory).forget(id)
  }
  const ids = pending.map(({session}) => session)
  await parts.store.banks.change(bank, now => {
    const without = ids.reduce((changed, id) => withoutPending(changed, id), withoutSessions(now, ids))
    const lastGone = now.lastUpdateSession !== null && ids.includes(now.lastUpdateSession)
    return lastGone ? {...without, lastUpdateSession: null} : without
  })
}

async function deleteUnfinished(
  {layout, directories}: {layout: Occasion['layout']; directories: ReadonlySet<string>},
  session: Session | undefined,
): Promise<void> {
  if (session?.productionDirectory == null) return
  const directory = path.join(layout.dataDirectory, session.dirVersion, session.productionDirectory)
  if (!directories.has(directory)) await removeTree(directory)
}

/** Removes the bank: its releases, files in transit, logs and all that is remembered. Its properties stay. */
async function removeAll(
  {parts, bank, layout, stored, startMs, context}: Occasion,
  {force}: RemoveRequest,
): Promise<void> {
  if (!force && stored.production.some(({frozen}) => frozen)) {
    const message = 'Cannot remove bank, some production directories are freezed, use force if needed'
    throw new BiomajError({code: 'refused', message})
  }
  // Nothing may be found published, or in production, while it is being deleted.
  await withdrawCurrent(stored, layout)
  const emptied = await parts.store.banks.change(bank, now => {
    const facts = {layout, nowMs: startMs, job: context.job}
    const withRemovals = now.production.reduce((changed, production) => {
      const session = removalOf(production, newSession(changed, 'remove', facts))
      return withSession(changed, {...session, steps: {removeprocess: true}})
    }, now)
    return {...withRemovals, current: null, production: []}
  })
  const known: Bank = emptied ?? stored
  await finishRemovals(parts, layout)
  const directories = new Set<string>()
  for (const session of known.sessions) {
    await deleteUnfinished({layout, directories}, session)
    await new FilesCache(layout.cacheDirectory).forget(session.id)
  }
  await removeTree(layout.offlineDirectory)
  await removeIfEmpty(layout.releasesDirectory)
  await removeTree(layout.logDirectory)
  await parts.store.banks.remove(bank)
}
