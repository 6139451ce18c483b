import {mkdirSync, readdirSync, readlinkSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {createEngine, engineClock} from '../../../src/cluster/engine/create-engine.js'
import {type Engine, RunInterrupted, type RunContext} from '../../../src/cluster/engine/engine.js'
import type {Bank} from '../../../src/cluster/model/bank.js'
import type {Job, UpdateRequest} from '../../../src/cluster/queue/queue.js'
import {
  startDownloadWorkers,
  startProcessWorkers,
  startUpdateWorkers,
  type UpdateWorkerOptions,
} from '../../../src/cluster/workers/index.js'
import {until} from '../../support/until.js'
import {addJob, openWorkplace, processOf, untilState, type Workplace} from './support/site.js'

let place: Workplace

beforeEach(() => {
  place = openWorkplace()
})

afterEach(async () => {
  await place.close()
})

const env = {PATH: process.env['PATH']}
const request = (changes: Partial<UpdateRequest> = {}): UpdateRequest => ({
  bank: 'alu',
  publish: true,
  fromScratch: false,
  stopBefore: null,
  stopAfter: null,
  fromTask: null,
  process: null,
  release: null,
  ...changes,
})

const start = async (engine: UpdateWorkerOptions['engine'], slots = 1) =>
  await place.keep(startUpdateWorkers({context: place.context, engine, slots}))

const realEngine: UpdateWorkerOptions['engine'] = ports => {
  const {store, settings, log} = place.context
  return createEngine({store, settings, log, clock: engineClock, env, ...ports})
}

const no = async () => Promise.reject(new Error('not in this test'))

/** Runs of a bank as a test wants them. */
function engineThat(update: (request: UpdateRequest, context: RunContext) => ReturnType<Engine['update']>): Engine {
  return {
    update,
    remove: no,
    repair: no,
    publish: no,
    unpublish: no,
    freeze: no,
    rename: no,
    move: no,
  }
}

const outcome = {session: 1, release: '1', directory: null, published: false, updated: true, reason: null}
const events = async () => (await place.context.store.events.after(0, 1000)).events

async function untilInterrupted(signal: AbortSignal): Promise<void> {
  await new Promise(resolve => signal.addEventListener('abort', resolve, {once: true}))
}

function bankWithUpstream(count: number, more = ''): void {
  const upstream = path.join(place.root, 'upstream')
  mkdirSync(upstream)
  for (let n = 0; n < count; n += 1) writeFileSync(path.join(upstream, `f${n}.fa`), `>${n}\n`)
  const folders = ['cache', 'lock'].map(name => {
    mkdirSync(path.join(place.root, name))
    return `${name}.dir=${place.root}/${name}\n`
  })
  writeFileSync(
    path.join(place.root, 'conf', 'alu.properties'),
    `[GENERAL]\n${folders.join('')}log.dir=${place.root}/log\ndb.fullname=Alu\ndb.type=n\nprotocol=local\nserver=
remote.dir=${upstream}/\nremote.files=^f.*\\.fa$\nlocal.files=.*\noffline.dir.name=offline\ndir.version=alu\n${more}`,
  )
}

it('updates a bank by download and process jobs of its own', async () => {
  bankWithUpstream(30, 'BLOCKS=B\nB.db.post.process=M\nM=P\nP.name=P\nP.exe=touch\nP.args=${datadir}/made\n')
  await place.keep(startDownloadWorkers({context: place.context, env, slots: 2}))
  await place.keep(startProcessWorkers({context: place.context, env, slots: 1}))
  await start(realEngine)
  const {queue, store} = place.context
  const {id} = await addJob(queue, 'update', request())
  const job = await untilState(queue, id, 'done')
  expect(job).toMatchObject({
    progress: {filesDone: 30, filesTotal: 30, bytesTotal: 110},
    result: {state: 'done', updated: true, published: true},
  })
  const data = path.join(place.root, 'data')
  expect(readdirSync(path.join(data, 'alu', readlinkSync(path.join(data, 'alu', 'current')), 'flat'))).toHaveLength(30)
  expect(readdirSync(data)).toContain('made')
  const children = await queue.list({parent: id})
  expect(
    new Set(children.map(({kind, state, user, correlationId}) => [kind, state, user, correlationId].join())),
  ).toEqual(new Set(['download,done,me,c1', 'process,done,me,c1']))
  expect(await store.locks.list()).toEqual([])
  const told = (await events()).filter(({type}) => type === 'job').map(({data}) => data)
  expect(told).toEqual([
    {id, kind: 'update', state: 'running'},
    {id, kind: 'update', state: 'done'},
  ])
})

it('says who asks, with the rights of that user', async () => {
  const contexts: RunContext[] = []
  await start(() =>
    engineThat(async (_request, context) => {
      contexts.push(context)
      return Promise.resolve({...outcome, state: 'done'})
    }),
  )
  const {queue, store, settings} = place.context
  const user = {email: '', passwordHash: null, createdAtMs: 0}
  await store.users.insert({...user, id: 'root', keyHash: 'a', admin: true})
  await store.users.insert({...user, id: 'me', keyHash: 'b', admin: false})
  settings.admins.push('boss')
  for (const name of ['me', 'root', 'boss', 'biomaj', 'nobody']) {
    const {id} = await addJob(queue, 'update', request(), {user: name})
    await untilState(queue, id, 'done')
  }
  expect(contexts.map(context => [context.user, context.admin])).toEqual([
    ['me', false],
    ['root', true],
    ['boss', true],
    ['biomaj', true],
    ['nobody', false],
  ])
})

it('ends what an earlier attempt has left before it begins', async () => {
  const {queue} = place.context
  const {id} = await addJob(queue, 'update', request())
  const dead = {worker: 'dead', leaseMs: 60_000}
  await queue.take({kinds: ['update'], ...dead})
  const slow = processOf(place.root, 'sleep 600')
  const running = await addJob(queue, 'process', slow, {parent: id})
  const waiting = await addJob(queue, 'process', {...slow, name: 'OTHER'}, {parent: id})
  await place.keep(startProcessWorkers({context: place.context, env, slots: 1}))
  await untilState(queue, running.id, 'running')
  await queue.expire(worker => worker === 'dead')
  const found: Array<Job | undefined> = []
  await start(() =>
    engineThat(async () => {
      found.push(await queue.get(running.id), await queue.get(waiting.id))
      return {...outcome, state: 'done'}
    }),
  )
  expect(await untilState(queue, id, 'done')).toMatchObject({attempts: 2})
  expect(found.map(job => job?.state)).toEqual(['cancelled', 'cancelled'])
})

it('cancels a run with a reason that the engine can tell from a stop', async () => {
  const {queue} = place.context
  await start(() =>
    engineThat(async (_request, {signal}) => {
      await untilInterrupted(signal)
      throw signal.reason
    }),
  )
  const {id} = await addJob(queue, 'update', request())
  await untilState(queue, id, 'running')
  await queue.cancel(id, 'root')
  expect(await untilState(queue, id, 'cancelled')).toMatchObject({reason: 'cancelled by root'})
})

it('gives a run back when it stops, and the next worker goes on with it', async () => {
  const {queue} = place.context
  const reasons: unknown[] = []
  const first = await start(() =>
    engineThat(async (_request, {signal}) => {
      await untilInterrupted(signal)
      reasons.push(signal.reason)
      throw signal.reason
    }),
  )
  const {id} = await addJob(queue, 'update', request())
  await untilState(queue, id, 'running')
  await first.stop({immediately: false})
  expect(reasons).toEqual([expect.any(RunInterrupted)])
  expect(await queue.get(id)).toMatchObject({state: 'queued', attempts: 0})
  await start(() => engineThat(async () => Promise.resolve({...outcome, state: 'done'})))
  await untilState(queue, id, 'done')
})

it('fails a job with one line when the engine breaks, and takes the next one', async () => {
  const {queue} = place.context
  let runs = 0
  await start(() =>
    engineThat(async () => {
      runs += 1
      if (runs === 1) throw new TypeError('x is not a function\n\u001B[31m')
      return Promise.resolve({...outcome, state: 'failed', reason: 'no disk'})
    }),
  )
  const [first, second] = [await addJob(queue, 'update', request()), await addJob(queue, 'update', request())]
  const reason = (await untilState(queue, first.id, 'failed')).reason
  expect(reason).toMatch(/^Unexpected: x is not a function\s*$/)
  expect(reason).not.toContain('\n')
  expect(await untilState(queue, second.id, 'failed')).toMatchObject({reason: 'no disk'})
})

/** A bank in the middle of the run of a job, as a worker that died has left it. */
async function leaveBusy(job: string, name = 'alu'): Promise<void> {
  const {store} = place.context
  const session = {id: 7, action: 'update', job} as Bank['sessions'][number]
  const bank: Bank = {
    name,
    owner: 'me',
    visibility: 'public',
    description: null,
    types: [],
    tags: {},
    current: null,
    sessions: [session],
    production: [],
    pending: [],
    status: {
      session: 7,
      action: 'update',
      logFile: '',
      running: 'download',
      steps: [],
      processes: [],
      progress: null,
      reason: null,
    },
    lastUpdateSession: 7,
    lastRemoveSession: null,
    lastUpdate: null,
  }
  await store.banks.insert(bank)
  await store.locks.take({bank: name, action: 'update', job, owner: 'me', worker: 'dead', sinceMs: 1})
}

it.each(['before', 'after'])(
  'frees a bank whose run is cancelled while nobody works on it, %s the start',
  async when => {
    const {queue, store} = place.context
    const {id} = await addJob(queue, 'update', request())
    await leaveBusy(id)
    if (when === 'after') await start(() => engineThat(no), 0)
    await queue.cancel(id, 'root')
    if (when === 'before') await start(() => engineThat(no), 0)
    await until('the lock is gone', async () => (await store.locks.list()).length === 0)
    expect((await store.banks.get('alu'))?.status).toMatchObject({running: null, reason: 'cancelled by root'})
    expect(await store.history.list({limit: 10})).toEqual([
      expect.objectContaining({bank: 'alu', action: 'update', error: true, cancelled: true, updated: false, job: id}),
    ])
  },
)

it('frees the banks too that a cancelled run updated because its own depends on them', async () => {
  const {queue, store} = place.context
  const {id} = await addJob(queue, 'update', request())
  await leaveBusy(id)
  await leaveBusy(id, 'base')
  await start(() => engineThat(no), 0)
  await queue.cancel(id, 'root')
  await until('no lock is left', async () => (await store.locks.list()).length === 0)
  expect((await store.banks.get('base'))?.status).toMatchObject({running: null, reason: 'cancelled by root'})
  expect(await store.history.list({bank: 'base', limit: 10})).toMatchObject([{cancelled: true, job: id}])
})

it('leaves the lock to a run that will go on', async () => {
  const {queue, store} = place.context
  const {id} = await addJob(queue, 'update', request())
  await leaveBusy(id)
  await start(() => engineThat(no), 0)
  expect(await store.locks.list()).toHaveLength(1)
  expect((await store.banks.get('alu'))?.status?.running).toBe('download')
})

it('does not let the lock of a run that waits stop another one that comes first', async () => {
  const {queue, store} = place.context
  const waiting = await addJob(queue, 'update', request())
  await leaveBusy(waiting.id)
  const first = await addJob(queue, 'update', request(), {priority: 5})
  const locks: unknown[] = []
  await start(() =>
    engineThat(async (_request, {job}) => {
      locks.push([job, (await store.locks.get('alu'))?.job])
      return {...outcome, state: 'done'}
    }),
  )
  await untilState(queue, waiting.id, 'done')
  expect(locks).toEqual([
    [first.id, undefined],
    [waiting.id, undefined],
  ])
})
