import type {Bank, Session, SessionId} from '../../model/bank.js'
import {updateSteps, type UpdateStep} from '../../model/steps.js'
import type {UpdateRequest} from '../../queue/queue.js'
import {BiomajError} from '../../../shared/errors.js'
import type {BankLayout} from '../layout.js'
import {told} from '../told.js'
import {lastUpdateOf, productionOf} from './bank-document.js'

export interface SessionFacts {
  layout: BankLayout
  nowMs: number
  job: string
}

/** Which session an update works on. */
export interface ChosenSession {
  session: Session
  /** `resumed`: steps that are done are passed over; `chosen`: the request says where to begin. */
  how: 'new' | 'resumed' | 'chosen'
}

/**
 * The session for an update: that of the same job, which a crash interrupted; that of the release that was asked for;
 * the last one when it has not ended well or is to be done again from a step on; otherwise a new one.
 *
 * @throws {BiomajError} `release_not_found` for an unknown release; `usage` for a step that cannot be begun with
 */
export function chooseSession(bank: Bank, request: UpdateRequest, facts: SessionFacts): ChosenSession {
  const last = lastUpdateOf(bank)
  const ofJob = bank.sessions.findLast(({action, job}) => action === 'update' && job === facts.job)
  if (ofJob && !ofJob.over) return {session: structuredClone(ofJob), how: 'resumed'}
  if (request.release !== null) {
    const session = structuredClone(sessionOfRelease(bank, request.release))
    if (request.fromTask !== null) beginWith(session, request.fromTask)
    return {session, how: 'chosen'}
  }
  if (request.fromScratch || !last) return {session: newSession(bank, 'update', facts), how: 'new'}
  if (request.fromTask !== null) {
    // One that found nothing new made no release: the one that it found is meant.
    const madeNothing = last.over && !last.updated && last.release !== null
    const session = structuredClone(madeNothing ? sessionOfRelease(bank, last.release ?? '') : last)
    beginWith(session, request.fromTask)
    return {session, how: 'chosen'}
  }
  if (!last.over) return {session: structuredClone(last), how: 'resumed'}
  return {session: {...newSession(bank, 'update', facts), previousRelease: last.remoteRelease}, how: 'new'}
}

/** A session about nothing yet. */
export function newSession(bank: Bank, action: Session['action'], {layout, nowMs, job}: SessionFacts): Session {
  return {
    id: freshId(bank, nowMs),
    action,
    release: null,
    remoteRelease: null,
    steps: {},
    processes: {},
    produced: [],
    dirVersion: layout.dirVersion,
    productionDirectory: null,
    logFile: null,
    over: false,
    updated: false,
    sizeBytes: null,
    dependencies: [],
    previousRelease: null,
    job,
  }
}

/** Later than all of the bank, also after the clock was set back: the greatest id is the last session. */
function freshId(bank: Bank, nowMs: number): SessionId {
  const known = [...bank.sessions.map(({id}) => id), ...bank.production.map(({session}) => session)]
  const now = Math.round(nowMs * 1000) / 1_000_000
  const last = Math.max(0, ...known)
  const id = now > last ? now : last + 0.000_01
  // Without a fraction, Python would write the number in another way than we do.
  return Number.isInteger(id) ? id + 0.000_01 : id
}

/** The session of a release; when it is lost, one that stands for it. */
export function sessionOfRelease(bank: Bank, release: string): Session {
  const production = productionOf(bank, release)
  const ofProduction = bank.sessions.find(({id}) => id === production?.session)
  if (ofProduction) return ofProduction
  const unfinished = bank.sessions.findLast(
    session => session.action === 'update' && (session.release === release || session.productionDirectory === release),
  )
  if (unfinished) return unfinished
  if (production) {
    return {
      id: production.session,
      action: 'update',
      release: production.release,
      remoteRelease: production.remoteRelease,
      steps: Object.fromEntries(updateSteps.map(step => [step, true])),
      processes: {},
      produced: [],
      dirVersion: production.dirVersion,
      productionDirectory: production.productionDirectory,
      logFile: production.logFile,
      over: true,
      updated: true,
      sizeBytes: production.sizeBytes,
      dependencies: [],
    }
  }
  throw new BiomajError({code: 'release_not_found', message: told`Release does not exists: ${release}`})
}

/** Lets the session be worked over from a step on. */
function beginWith(session: Session, task: string): void {
  if (!isUpdateStep(task)) {
    throw new BiomajError({code: 'usage', message: told`No task found named ${task}`})
  }
  const index = updateSteps.indexOf(task)
  const undone = updateSteps.slice(0, index).find(step => session.steps[step] !== true)
  if (undone !== undefined) {
    const message = told`Previous task ${undone} was not successful, cannot restart after this task`
    throw new BiomajError({code: 'usage', message})
  }
  for (const step of updateSteps.slice(index)) delete session.steps[step]
  session.over = false
}

function isUpdateStep(name: string): name is UpdateStep {
  return updateSteps.some(step => step === name)
}
