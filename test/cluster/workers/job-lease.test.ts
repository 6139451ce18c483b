import {afterEach, beforeEach, expect, it} from 'vitest'
import {JobLease} from '../../../src/cluster/workers/job-lease.js'
import {addJob, openWorkplace, processOf, type Workplace} from './support/site.js'

let place: Workplace

beforeEach(() => {
  place = openWorkplace()
})

afterEach(async () => {
  await place.close()
})

const progress = (filesDone: number) => ({filesDone, filesTotal: 30, bytesDone: filesDone, bytesTotal: 30})

it('has written the last progress when it ends, however short the time since the one before', async () => {
  const {queue, log} = place.context
  const {id} = await addJob(queue, 'process', processOf(place.root, 'true'))
  const job = await queue.take({kinds: ['process'], worker: 'w', leaseMs: 60_000})
  if (!job) throw new Error('no job')
  const lease = new JobLease({queue, job, worker: 'w', leaseMs: 60_000, log})
  for (const files of [28, 29, 30]) lease.report(progress(files))
  await lease.end()
  expect(await queue.get(id)).toMatchObject({progress: progress(30)})
})

it('writes nothing for a job that another worker has', async () => {
  const {queue, log} = place.context
  const {id} = await addJob(queue, 'process', processOf(place.root, 'true'))
  const job = await queue.take({kinds: ['process'], worker: 'w', leaseMs: 60_000})
  if (!job) throw new Error('no job')
  const lease = new JobLease({queue, job, worker: 'w', leaseMs: 60_000, log})
  await queue.expire(worker => worker === 'w')
  await queue.take({kinds: ['process'], worker: 'other', leaseMs: 60_000})
  lease.report(progress(30))
  await lease.end()
  expect(lease.isLost).toBe(true)
  expect(await queue.get(id)).toMatchObject({progress: null})
})
