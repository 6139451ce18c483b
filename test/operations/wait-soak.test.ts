import {describe, expect, it} from 'vitest'
import {submitUpdates} from '../../src/operations/submit-update.js'
import {waitForRuns} from '../../src/operations/wait/wait-for-runs.js'
import {FakeClock} from '../support/replayed-cluster.js'
import {type Fate, SimulatedCluster, type SimulatedJob} from '../support/simulated-cluster.js'

const fates: readonly Fate[] = ['updated', 'up_to_date', 'failed', 'sub_step_failed', 'cancelled', 'never_started']
const submissions: readonly SimulatedJob['submission'][] = [
  'answered',
  'answered',
  'answered',
  'lost before',
  'lost after',
]

/** mulberry32: the same numbers at every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

async function play(job: SimulatedJob, random: () => number) {
  const clock = new FakeClock(0, random)
  const cluster = new SimulatedCluster(clock, random, job)
  const {signal} = new AbortController()
  const [submission] = await submitUpdates(cluster.client(), ['bank'], {update: {}, joinRunning: true, signal, clock})
  if (!submission || submission.state === 'refused') throw new Error('not submitted')
  const [result] = await waitForRuns(cluster.client(), [submission.awaited], {
    maxOutageMs: 600_000,
    timeoutMs: 24 * 3_600_000,
    signal,
    clock,
  })
  return {cluster, clock, submission, result}
}

function expectedOutcome({fate, submission}: SimulatedJob): string {
  if (submission === 'lost before') return 'never_started'
  return fate === 'sub_step_failed' ? 'failed' : fate
}

describe('waiting under faults', () => {
  it('gives no false verdict and submits nothing twice in 10,000 updates with a fifth of the answers lost', async () => {
    const random = seeded(20_261_121)
    const wrong: unknown[] = []
    for (let index = 0; index < 10_000; index++) {
      const job: SimulatedJob = {
        fate: fates[Math.floor(random() * fates.length)] ?? 'updated',
        submission: submissions[Math.floor(random() * submissions.length)] ?? 'answered',
        queuedMs: random() * 60_000,
        runMs: 100 + random() ** 4 * 7_200_000,
        faults: 0.2,
      }
      const {cluster, result} = await play(job, random)
      if (result?.outcome !== expectedOutcome(job) || cluster.submitted > 1)
        wrong.push({index, job, result, submitted: cluster.submitted})
    }
    expect(wrong).toEqual([])
  }, 120_000)

  it('sees the end of a run within one interval and a second', async () => {
    const random = seeded(7)
    for (let index = 0; index < 500; index++) {
      const job: SimulatedJob = {
        fate: 'sub_step_failed',
        submission: 'answered',
        queuedMs: 500,
        runMs: 1000 + random() * 3_000_000,
        faults: 0,
      }
      const {clock} = await play(job, random)
      // 15 s and 20 % of jitter.
      expect(clock.nowMs() - job.queuedMs - job.runMs).toBeLessThanOrEqual(19_000)
    }
  })

  it('asks at most 330 times in an hour', async () => {
    const job: SimulatedJob = {fate: 'updated', submission: 'answered', queuedMs: 0, runMs: 3_600_000, faults: 0}
    const {cluster} = await play(job, () => 0.5)
    expect(cluster.requests).toBeLessThanOrEqual(330)
    expect(cluster.requests).toBeGreaterThan(200)
  })

  it('ends an outage as unknown, never as a failure', async () => {
    const clock = new FakeClock(0)
    const job: SimulatedJob = {fate: 'updated', submission: 'answered', queuedMs: 0, runMs: 60_000, faults: 1}
    const cluster = new SimulatedCluster(clock, seeded(1), job)
    const {signal} = new AbortController()
    const [submission] = await submitUpdates(cluster.client(), ['bank'], {update: {}, joinRunning: true, signal, clock})
    if (submission?.state !== 'sent') throw new Error('not sent')
    const [result] = await waitForRuns(cluster.client(), [submission.awaited], {maxOutageMs: 600_000, signal, clock})
    expect(result).toMatchObject({outcome: 'unknown', why: 'outage', error: {message: 'simulated fault'}})
    expect(clock.nowMs()).toBeGreaterThanOrEqual(600_000)
  })
})
