import type {Bank} from '../../model/bank.js'
import type {RunOutcome} from '../engine.js'
import {productionOf, withPending, withProperties} from './bank-document.js'
import {directoryOf} from './current-link.js'
import {endOf, record} from './occasion.js'
import {intoProduction} from './publish-step.js'
import {hasReleaseDirectory} from './release-files.js'
import {SubStepFailed, type UpdateRun} from './update-run.js'

/** The update came to its end: in one transaction the session is over and its release is in production. */
export async function finishOver(run: UpdateRun, {nothingNew}: {nothingNew: boolean}): Promise<RunOutcome> {
  const {session, log} = run
  if (!nothingNew) {
    await run.begin('over')
    if (!(await hasReleaseDirectory(run))) throw new Error('the folder of the release is gone')
  }
  log.info('Workflow:wf_over')
  run.mark('over', 'over')
  session.steps.over = true
  session.over = true
  session.updated = !nothingNew
  const bank = await settle(run, {ok: true}, now => (nothingNew ? now : intoProduction(run, now)))
  return conclude(run, bank, {updated: !nothingNew, error: false, cancelled: false, reason: null})
}

/** The update ended where it was asked to; what it made so far waits for another run. */
export async function finishStopped(run: UpdateRun): Promise<RunOutcome> {
  run.log.info('Workflow:wf_over')
  run.session.updated = true
  const bank = await settle(run, {ok: true}, now => withPending(now, run.session))
  return conclude(run, bank, {updated: true, error: false, cancelled: false, reason: null})
}

/** The update failed or was cancelled in the step that is running. The next one goes on there. */
export async function finishFailed(run: UpdateRun, error: unknown): Promise<RunOutcome> {
  const {log, status} = run
  const cause = error instanceof SubStepFailed ? error.cause : error
  const {cancelled, reason} = endOf(run.context, cause)
  const step = status.running
  if (cancelled) log.warning('Cancel requested, stopping update')
  else if (error instanceof SubStepFailed) {
    log.error(`Workflow:wf_${error.subStep}:${reason}`)
    log.error(`Error during ${step ?? 'update'} subtask: wf_${error.subStep}`)
    log.error(`Revert main task status ${step ?? 'update'} to error status`)
  } else {
    log.error(`Workflow:${step ?? 'update'}:Exception:${reason}`)
    log.error(`Error during task ${step ?? 'update'}`)
  }
  run.parts.log.info(
    {bank: run.bank, job: run.context.job, correlationId: run.context.correlationId, step, err: cause},
    cancelled ? 'an update was cancelled' : 'an update failed',
  )
  log.info('Workflow:wf_over')
  if (step !== null) {
    run.mark(step, 'error')
    delete run.session.steps[step]
  }
  run.session.updated = false
  status.reason = reason
  const bank = await settle(run, {ok: false}, now => withPending(now, run.session))
  return conclude(run, bank, {updated: false, error: true, cancelled, reason})
}

async function settle(run: UpdateRun, {ok}: {ok: boolean}, change: (bank: Bank) => Bank): Promise<Bank> {
  const {session, status, properties} = run
  status.running = null
  const {id, release} = session
  return run.save(bank => ({
    ...withProperties(change(bank), properties),
    lastUpdateSession: id,
    lastUpdate: {session: id, ok, release},
  }))
}

interface Verdict {
  updated: boolean
  error: boolean
  cancelled: boolean
  reason: string | null
}

async function conclude(run: UpdateRun, bank: Bank, verdict: Verdict): Promise<RunOutcome> {
  const {parts, session, context, startMs} = run
  const endMs = parts.clock.epochMs()
  await record(parts, {bank: run.bank, action: 'update', startMs, endMs, ...verdict, job: context.job})
  await run.tellEvent('bank', {action: 'update', ...verdict})
  const production = session.release === null ? undefined : productionOf(bank, session.release)
  return {
    state: verdict.cancelled ? 'cancelled' : verdict.error ? 'failed' : 'done',
    session: session.id,
    release: session.release,
    directory: production ? directoryOf(production) : null,
    updated: verdict.updated && !verdict.error,
    published: production !== undefined && bank.current === production.session,
    reason: verdict.reason,
  }
}
