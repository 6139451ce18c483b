import path from 'node:path'
import type {Bank, BankStatus, Production, Session} from '../../model/bank.js'
import type {HistoryRow} from '../../model/records.js'
import {updateSteps, type UpdateStep} from '../../model/steps.js'
import type {Story, StoryRun} from './story.js'
import {emptyBank} from '../../model/empty-bank.js'

export interface StoryPlace {
  owner: string
  dataDir: string
  logDir: string
}

export interface ToldBank {
  bank: Bank
  history: Array<Omit<HistoryRow, 'id'>>
}

/** Of the demonstration sequences, unpacked. */
const sizeBytes = 20_909

/** The record that a cluster would have of a bank after these runs. */
export function bankOfStory(story: Story, place: StoryPlace): ToldBank {
  let bank = beforeRuns(story, place.owner)
  const history: ToldBank['history'] = []
  for (const run of story.runs) {
    const session = sessionOf(story, run, place)
    bank = withRun(bank, {run, session, place})
    const row = historyRow(story, run, session)
    if (row !== undefined) history.push(row)
  }
  const production = bank.production
    .filter(({release}) => story.removed?.includes(release) !== true)
    .map(entry => ({...entry, frozen: story.frozen?.includes(entry.release) === true}))
  const current = production.find(({release}) => release === story.published)?.session ?? null
  return {bank: {...bank, production, current}, history}
}

function beforeRuns({name, fullName, visibility}: Story, owner: string): Bank {
  return emptyBank({
    name,
    owner,
    visibility: visibility ?? 'public',
    description: fullName,
    types: ['nucleic'],
  })
}

function sessionOf({name}: Story, run: StoryRun, {logDir}: StoryPlace): Session {
  // Sessions are numbered by time, with a fraction, without which Python writes the number in another way.
  const id = Date.parse(run.at) / 1000 + 0.25
  const {release} = run
  const done = run.result === 'updated' || run.result === 'up to date'
  const steps = done ? updateSteps : updateSteps.slice(0, updateSteps.indexOf(run.step))
  return {
    id,
    action: 'update',
    release,
    remoteRelease: release,
    steps: Object.fromEntries(steps.map(step => [step, true])),
    processes: done ? {'AFTER.DESCRIBE.describe': true} : {},
    produced: [],
    dirVersion: name,
    productionDirectory: release === null ? null : `${name}_${release}`,
    logFile: path.join(logDir, name, String(id), `${name}.log`),
    over: done,
    updated: run.result === 'updated',
    sizeBytes: null,
    dependencies: [],
    previousRelease: null,
    job: null,
  }
}

function withRun(bank: Bank, {run, session, place}: {run: StoryRun; session: Session; place: StoryPlace}): Bank {
  const {id, release} = session
  const next: Bank = {
    ...bank,
    sessions: [...bank.sessions, session],
    status: statusOf(run, session),
    lastUpdateSession: id,
    lastUpdate:
      run.result === 'interrupted'
        ? bank.lastUpdate
        : {session: id, ok: run.result === 'updated' || run.result === 'up to date', release},
  }
  if (release === null || run.result === 'up to date') return next
  if (run.result !== 'updated') return {...next, pending: [...bank.pending, {release, session: id}]}
  return {
    ...next,
    pending: bank.pending.filter(entry => entry.release !== release),
    production: [...bank.production, productionOf(session, {release, dataDir: place.dataDir})],
  }
}

function productionOf(session: Session, {release, dataDir}: {release: string; dataDir: string}): Production {
  return {
    session: session.id,
    release,
    remoteRelease: release,
    formats: ['fasta'],
    types: ['nucleic'],
    tags: {organism: 'human'},
    sizeBytes,
    dataDir,
    dirVersion: session.dirVersion,
    productionDirectory: session.productionDirectory ?? '',
    logFile: session.logFile ?? '',
    frozen: false,
  }
}

function statusOf(run: StoryRun, {id, logFile}: Session): BankStatus {
  const startMs = Date.parse(run.at)
  const endMs = startMs + run.seconds * 1000
  const broken = run.result === 'updated' || run.result === 'up to date' ? undefined : run.step
  const at = broken === undefined ? updateSteps.length : updateSteps.indexOf(broken)
  const stateOf = (step: UpdateStep, index: number): BankStatus['steps'][number]['state'] => {
    if (index > at) return 'waiting'
    if (index === at) return run.result === 'interrupted' ? 'waiting' : 'error'
    return run.result === 'up to date' && ['download', 'postprocess', 'publish'].includes(step) ? 'skipped' : 'over'
  }
  return {
    session: id,
    action: 'update',
    logFile: logFile ?? '',
    running: null,
    steps: updateSteps.map((step, index) => ({
      step,
      state: stateOf(step, index),
      startedAtMs: index > at ? null : startMs,
      endedAtMs: index > at ? null : endMs,
    })),
    processes: [],
    progress: null,
    reason: run.result === 'failed' || run.result === 'cancelled' ? run.reason : null,
  }
}

function historyRow({name}: Story, run: StoryRun, session: Session): Omit<HistoryRow, 'id'> | undefined {
  // A run that was interrupted has not come to its end: it has no row yet.
  if (run.result === 'interrupted') return undefined
  const startMs = Date.parse(run.at)
  return {
    bank: name,
    action: 'update',
    startMs,
    endMs: startMs + run.seconds * 1000,
    updated: session.updated,
    error: run.result === 'failed' || run.result === 'cancelled',
    cancelled: run.result === 'cancelled',
    reason: 'reason' in run ? run.reason : null,
    job: null,
  }
}
