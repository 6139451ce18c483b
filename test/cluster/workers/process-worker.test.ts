import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {afterEach, beforeEach, expect, it} from 'vitest'
import {startProcessWorkers} from '../../../src/cluster/workers/index.js'
import {until} from '../../support/until.js'
import {isAlive} from './support/processes.js'
import {addJob, openWorkplace, processOf, untilState, type Workplace} from './support/site.js'

let place: Workplace

beforeEach(() => {
  place = openWorkplace()
})

afterEach(async () => {
  await place.close()
})

const start = async (slots: number, of: Workplace = place) =>
  await of.keep(startProcessWorkers({context: of.context, env: {}, slots}))

/** Tells its id, and runs until the file `go` is there. */
const waiting = (name: string) =>
  `echo $$ > ../log/${name}.pid; echo $$ >> ../log/${name}.starts; until [ -e ../log/go ]; do sleep 0.05; done`
const pidOf = (name: string) => {
  const file = path.join(place.root, 'log', `${name}.pid`)
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
}
const startsOf = (name: string) =>
  readFileSync(path.join(place.root, 'log', `${name}.starts`), 'utf8')
    .trim()
    .split('\n').length
const letGo = () => writeFileSync(path.join(place.root, 'log', 'go'), '')
const addWaiting = async (name: string) =>
  await addJob(place.context.queue, 'process', processOf(place.root, waiting(name), {name}))

it('runs a process and gives how it ended, good or bad', async () => {
  const {queue} = place.context
  await start(1)
  const good = await addJob(queue, 'process', processOf(place.root, 'echo hello'))
  expect(await untilState(queue, good.id, 'done')).toMatchObject({
    result: {exitCode: 0, signal: null, timedOut: false},
    attempts: 1,
  })
  const bad = await addJob(queue, 'process', processOf(place.root, 'exit 4'))
  expect((await untilState(queue, bad.id, 'done')).result).toMatchObject({exitCode: 4})
})

it('fails a job that cannot be done, with the reason', async () => {
  const {queue} = place.context
  await start(1)
  const job = await addJob(queue, 'process', processOf(place.root, 'true', {workingDirectory: '/nowhere'}))
  expect(await untilState(queue, job.id, 'failed')).toMatchObject({reason: expect.stringContaining('/nowhere')})
})

it('does as many at a time as there are slots, and tells what each is doing', async () => {
  const {queue, store} = place.context
  await start(2)
  const jobs = [await addWaiting('a'), await addWaiting('b'), await addWaiting('c')]
  await until('two run', () => pidOf('a') > 0 && pidOf('b') > 0)
  const instances = await store.services.list()
  expect(instances.map(({work}) => work)).toEqual(
    expect.arrayContaining(
      jobs.slice(0, 2).map(({id}) => ({bank: 'alu', action: 'process', job: id, sinceMs: expect.any(Number)})),
    ),
  )
  expect(await queue.count({states: ['queued']})).toBe(1)
  expect(pidOf('c')).toBe(0)
  letGo()
  for (const {id} of jobs) await untilState(queue, id, 'done')
  await until('all are idle', async () => (await store.services.list()).every(({work}) => work === null))
})

it('stops a running process when its job is cancelled', async () => {
  const {queue} = place.context
  await start(1)
  const job = await addWaiting('a')
  await until('it runs', () => pidOf('a') > 0)
  await queue.cancel(job.id, 'root')
  expect(await untilState(queue, job.id, 'cancelled')).toMatchObject({reason: 'cancelled by root'})
  expect(isAlive(pidOf('a'))).toBe(false)
})

it.each([false, true])(
  'gives its job back when it is stopped, and another worker does it (immediately: %s)',
  async immediately => {
    const {queue, store} = place.context
    const service = await start(1)
    const job = await addWaiting('a')
    const next = await addWaiting('b')
    await until('it runs', () => pidOf('a') > 0)
    const pid = pidOf('a')
    await service.stop({immediately})
    expect(isAlive(pid)).toBe(false)
    expect(await queue.get(job.id)).toMatchObject({state: 'queued', attempts: 0})
    expect(await queue.get(next.id)).toMatchObject({state: 'queued'})
    expect(await store.services.list()).toEqual([])
    letGo()
    await start(2)
    await untilState(queue, job.id, 'done')
    await untilState(queue, next.id, 'done')
    expect(startsOf('a')).toBe(2)
  },
)

it('kills what it runs when it loses the lease, and says nothing of it', async () => {
  await place.close()
  place = openWorkplace({leaseMs: 600})
  const {queue} = place.context
  await start(1)
  const job = await addWaiting('a')
  await until('it runs', () => pidOf('a') > 0)
  const pid = pidOf('a')
  const [mine] = await queue.list({states: ['running']})
  await queue.expire(worker => worker === mine?.worker)
  const other = await queue.take({kinds: ['process'], worker: 'other', leaseMs: 60_000})
  expect(other?.id).toBe(job.id)
  await until('it is killed', () => !isAlive(pid))
  expect(await queue.get(job.id)).toMatchObject({state: 'running', worker: 'other'})
})

it('keeps a job that takes longer than its lease', async () => {
  await place.close()
  place = openWorkplace({leaseMs: 300})
  const {queue} = place.context
  await start(1)
  const job = await addWaiting('a')
  await until('it runs', () => pidOf('a') > 0)
  const {leaseUntilMs} = (await queue.get(job.id)) as {leaseUntilMs: number}
  await until('its first lease is long over', () => Date.now() > leaseUntilMs + 600)
  letGo()
  expect(await untilState(queue, job.id, 'done')).toMatchObject({attempts: 1})
})

it('leaves nothing behind when it stops idle', async () => {
  const service = await start(3)
  expect(await place.context.store.services.list()).toHaveLength(3)
  await service.stop({immediately: false})
  expect(await place.context.store.services.list()).toEqual([])
  expect(readdirSync(path.join(place.root, 'log'))).toEqual([])
})
