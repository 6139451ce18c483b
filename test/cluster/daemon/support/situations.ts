import {mkdir, writeFile} from 'node:fs/promises'
import path from 'node:path'
import type {Bank, BankStatus, Session, StepState} from '../../../../src/cluster/model/bank.js'
import {updateSteps} from '../../../../src/cluster/model/steps.js'
import {bankOf, productionOf, startMs, type TestSite} from './site.ts'

/** What was the case when an exchange was recorded, made in a store and a queue. */
export type Situation = (site: TestSite) => Promise<void>

const startSeconds = startMs / 1000
export const session = startSeconds + 0.225
const logDirectory = (bank: string) => `/var/lib/biomaj/data/log/${bank}/${startSeconds + 0.125}/${bank}.log`

/** Steps before the named one are over, those after it wait. */
export function statusOf(
  bank: string,
  at: {step: string; state: StepState; later?: StepState},
  more: Partial<BankStatus> = {},
): BankStatus {
  const reached = updateSteps.findIndex(step => step === at.step)
  return {
    session,
    action: 'update',
    logFile: logDirectory(bank),
    running: null,
    steps: updateSteps.map((step, index) => ({
      step,
      state: index < reached ? 'over' : index === reached ? at.state : (at.later ?? 'waiting'),
      startedAtMs: index <= reached ? startMs + index : null,
      endedAtMs: index < reached ? startMs + index : null,
    })),
    processes: [],
    progress: null,
    reason: null,
    ...more,
  }
}

export const process = (name: string, state: BankStatus['processes'][number]['state']) => ({
  name,
  state,
  startedAtMs: startMs + 500,
  endedAtMs: null,
})

const put = async ({store}: TestSite, ...banks: Bank[]) => {
  for (const each of banks) {
    await store.banks.remove(each.name)
    await store.banks.insert(each)
  }
}

const ended = (seconds = 0) => ({session: session + seconds, ok: true, release: '2025-11-20'})

export const files: Situation = async site => {
  await site.addFile('alu')
  await site.addFile('other')
  await site.addFile('failing')
  await site.addFile('broken', {properties: {'local.files': ''}})
  await site.addFile('secret', {visibility: 'private', type: 'protein,nucleic'})
}

export const seen: Situation = async site => {
  await files(site)
  const secret = bankOf('secret', {visibility: 'private', types: ['protein', 'nucleic']})
  await put(site, bankOf('alu'), bankOf('broken'), secret)
}

export const seenWithOther: Situation = async site => {
  await seen(site)
  await put(site, bankOf('other'))
}

/** A session that made a release; nothing of it is on disk. */
export const sessionOf = (bank: string): Session => ({
  ...aluSession,
  produced: [{process: 'AFTER_index', format: 'fasta', types: ['nucleic'], tags: {}, files: [`${bank}.n`]}],
  dirVersion: bank,
  productionDirectory: `${bank}_2025-11-20`,
  logFile: logDirectory(bank),
})

const produced = [
  {process: 'AFTER_index', format: 'fasta', types: ['nucleic'], tags: {organism: 'human'}, files: ['alu.n']},
]
const aluSession: Session = {
  id: session,
  action: 'update',
  release: '2025-11-20',
  remoteRelease: '2025-11-20',
  steps: {},
  processes: {},
  produced,
  dirVersion: 'alu',
  productionDirectory: 'alu_2025-11-20',
  logFile: logDirectory('alu'),
  over: true,
  updated: true,
  sizeBytes: 1418,
  dependencies: [],
}

const alu = (more: Partial<Bank> = {}): Bank =>
  bankOf('alu', {
    production: [productionOf('alu')],
    sessions: [aluSession],
    lastUpdate: ended(),
    status: statusOf('alu', {step: 'over', state: 'over'}),
    ...more,
  })

/** alu is in production, failing failed after its download, secret is published. */
const updated =
  (more: Partial<Bank>): Situation =>
  async site => {
    await seenWithOther(site)
    const failing = bankOf('failing', {
      pending: [{release: '2025-11-20', session}],
      lastUpdate: {session: session + 1, ok: false, release: '2025-11-20'},
      status: statusOf(
        'failing',
        {step: 'postprocess', state: 'error'},
        {processes: [process('AFTER_index', 'over'), process('AFTER_blast', 'error')]},
      ),
    })
    const secret = bankOf('secret', {
      visibility: 'private',
      types: ['protein', 'nucleic'],
      production: [productionOf('secret', {formats: [], sizeBytes: null})],
      current: session,
      lastUpdate: ended(2),
      status: statusOf('secret', {step: 'over', state: 'over'}),
    })
    await put(site, alu(more), failing, secret)
  }

export const inProduction = updated({})
export const published = updated({current: session})
export const publishedAgain = updated({current: session, lastUpdate: ended(1)})
export const frozen = updated({
  current: session,
  lastUpdate: ended(1),
  production: [productionOf('alu', {frozen: true})],
})
const nothingNew = statusOf('alu', {step: 'download', state: 'over', later: 'skipped'})
export const skipped = updated({
  status: {
    ...nothingNew,
    steps: nothingNew.steps.map(each => (each.step === 'over' ? {...each, state: 'over'} : each)),
  },
})
/** failing failed in the second in which the cluster began. */
export const failedAtOnce: Situation = async site => {
  await published(site)
  await site.store.banks.change('failing', bank => ({
    ...bank,
    lastUpdate: bank.lastUpdate && {...bank.lastUpdate, session},
  }))
}
export const secretAtOnce: Situation = async site => {
  await published(site)
  await site.store.banks.change('secret', bank => ({...bank, lastUpdate: ended()}))
}

const runs =
  (status: BankStatus): Situation =>
  async site => {
    await seenWithOther(site)
    await put(site, bankOf('alu', {status}))
    const sinceMs = startMs
    const job = await site.queue.add({
      kind: 'update',
      bank: 'alu',
      payload: updateOf('alu'),
      user: 'jane',
      correlationId: 'c',
    })
    const worker = 'biomaj_daemon_message1'
    await site.queue.take({kinds: ['update'], worker, leaseMs: 60_000})
    await site.store.locks.take({bank: 'alu', action: 'update', job: job.id, owner: 'jane', worker, sinceMs})
    await site.store.services.renew({...idleWorker, work: {bank: 'alu', action: 'update', job: job.id, sinceMs}})
  }

export const updateOf = (bank: string) => ({
  bank,
  publish: false,
  fromScratch: false,
  stopBefore: null,
  stopAfter: null,
  fromTask: null,
  process: null,
  release: null,
})

const idleWorker = {
  id: 'biomaj_daemon_message1',
  service: 'update' as const,
  host: '172.18.0.5',
  pid: 1,
  startedAtMs: startMs,
  leaseUntilMs: startMs + 60_000,
  work: null,
}

export const downloading = runs(statusOf('alu', {step: 'download', state: 'waiting'}, {running: 'download'}))
export const processing = runs(
  statusOf(
    'alu',
    {step: 'postprocess', state: 'waiting'},
    {running: 'postprocess', processes: [process('AFTER_index', 'over'), process('AFTER_publishable', 'running')]},
  ),
)

export const ran: Situation = async site => {
  await inProduction(site)
  const processes = [process('AFTER_index', 'over'), process('AFTER_publishable', 'over')]
  const status = statusOf('alu', {step: 'over', state: 'over'}, {processes})
  await site.store.banks.change('alu', bank => ({...bank, status}))
  await site.store.services.renew(idleWorker)
}

export const queued =
  (...names: string[]): Situation =>
  async site => {
    await seenWithOther(site)
    await put(site, bankOf('failing'))
    for (const bank of names) {
      site.clock.ms += 1
      await site.queue.add({kind: 'update', bank, payload: updateOf(bank), user: 'jane', correlationId: 'c'})
    }
  }

export const queuedChanges: Situation = async site => {
  await queued('alu', 'alu', 'alu', 'alu', 'alu', 'failing', 'other')(site)
  await site.store.services.renew(idleWorker)
}

export const removals: Situation = async site => {
  await skipped(site)
  for (const [release, secondsLater] of [
    ['2025-11-20', 1],
    ['1999-1-1', 1],
    ['2025-11-20', 2],
  ] as const) {
    site.clock.ms = startMs + secondsLater * 1000 + 250
    const payload = {bank: 'alu', release, what: 'release' as const, force: false}
    await site.queue.add({kind: 'remove', bank: 'alu', payload, user: 'jane', correlationId: 'c'})
  }
}

const at = (seconds: number) => startMs + seconds * 1000 + 300

/** With two seconds between the runs instead of one the rows of `recent` are those of the limited recording. */
export const history =
  (kind: 'all' | 'recent'): Situation =>
  async site => {
    await published(site)
    const row = {action: 'update' as const, cancelled: false, reason: null, job: null}
    const [failingAt, secretAt] = kind === 'all' ? [3, 4] : [0, 1]
    const rows = [
      {...row, bank: 'alu', startMs: at(0) - (kind === 'all' ? 0 : 10_000), endMs: at(1), updated: true, error: false},
      {...row, bank: 'alu', startMs: at(2) - (kind === 'all' ? 0 : 10_000), endMs: at(2), updated: false, error: false},
      {...row, bank: 'failing', startMs: at(failingAt), endMs: at(failingAt), updated: true, error: true},
      {...row, bank: 'secret', startMs: at(secretAt), endMs: at(secretAt), updated: true, error: false},
    ]
    for (const each of rows) await site.store.history.add(each)
  }

export const inMaintenance: Situation = async site => {
  await site.store.maintenance.set({sinceMs: startMs, by: 'admin'})
}

export const ofJoe: Situation = async site => {
  await published(site)
  await site.store.banks.change('alu', bank => ({...bank, owner: 'joe'}))
}

/** The lines of a recorded log, in a file of ours. */
export const logged =
  (bank: string, recorded: string): Situation =>
  async site => {
    await published(site)
    const folder = path.join(site.root, 'log', bank)
    await mkdir(folder, {recursive: true})
    const file = path.join(folder, `${bank}.log`)
    await writeFile(file, recorded.replace(/##END_OF_LOG$/, ''))
    await site.store.banks.change(bank, each => ({...each, status: each.status && {...each.status, logFile: file}}))
  }
