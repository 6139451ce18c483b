import {describe, expect, it} from 'vitest'
import type {Job} from '../../src/api/contract/job.js'
import type {BankRun} from '../../src/api/contract/run.js'
import {updateSteps} from '../../src/api/contract/steps.js'
import {progressMark} from '../../src/presentation/updates.js'
import {type Progress, waitForRuns} from '../../src/operations/wait/wait-for-runs.js'
import type {WatchedCluster} from '../../src/operations/wait/evidence.js'
import {BiomajError} from '../../src/shared/errors.js'
import {FakeClock} from '../support/replayed-cluster.js'

const base: Job = {
  id: 'j1',
  kind: 'update',
  bank: 'alu',
  state: 'queued',
  user: 'jane',
  correlationId: 'c1',
  parent: null,
  queuedAt: '2026-11-21T10:00:00Z',
  startedAt: null,
  endedAt: null,
  worker: null,
  attempts: 0,
  progress: null,
  release: null,
  updated: null,
  published: null,
  directory: null,
  session: null,
  reason: null,
}
const started = {startedAt: '2026-11-21T10:00:01Z', session: '1795255201.5', attempts: 1} as const
const progress = {filesDone: 12, filesTotal: 200, bytesDone: 34_000_000, bytesTotal: 120_000_000}
const running: Job = {...base, ...started, state: 'running', progress}
const ended = {...running, endedAt: '2026-11-21T10:00:09Z'}

function runAt(step: string, last: 'waiting' | 'failed' | 'done'): BankRun {
  const at = updateSteps.findIndex(name => name === step)
  return {
    session: '1795255201.5',
    logFile: '/log/alu.log',
    requests: [],
    steps: updateSteps.map((name, index) => ({
      step: name,
      state: index < at ? 'done' : index === at ? last : 'waiting',
      processes: [],
    })),
  }
}

/** A cluster whose answers about the job are given in turn; the last one stays. No history, no lock: only the job tells. */
async function waitWith(answers: ReadonlyArray<Job | BiomajError>, {run, log = []}: {run: BankRun; log?: string[]}) {
  let asked = 0
  const cluster: WatchedCluster = {
    daemon: {
      activity: async () => ({queueDepth: 0, waiting: [], daemons: []}),
      locks: async () => ({banks: [], maintenance: false}),
    },
    banks: {run: async () => run},
    history: {list: async () => []},
    logs: {
      async *tail() {
        yield* log
      },
    },
    additions: {
      async job() {
        const answer = answers[Math.min(asked++, answers.length - 1)]
        if (answer === undefined || answer instanceof BiomajError) throw answer ?? new Error('no answer given')
        return answer
      },
    },
  }
  const seen: Progress[] = []
  const clock = new FakeClock()
  const [result] = await waitForRuns(
    cluster,
    [{bank: 'alu', baseline: {logFile: null, history: new Set()}, request: 'accepted', job: 'j1'}],
    {
      maxOutageMs: 60_000,
      timeoutMs: 3_600_000,
      signal: new AbortController().signal,
      clock,
      onProgress: told => seen.push(told),
    },
  )
  return {result, words: seen.map(told => progressMark(told).word)}
}

describe('a run whose job the cluster names', () => {
  it('is over when the job is, with its release', async () => {
    const done: Job = {...ended, state: 'done', updated: true, release: '2026-11-21'}
    const {result, words} = await waitWith([base, running, done], {run: runAt('over', 'done')})
    expect(result).toMatchObject({why: 'ended', outcome: 'updated', release: '2026-11-21'})
    expect(words[0]).toMatch(/queued|requested/)
  })

  it('shows the true counts of its download', async () => {
    const done: Job = {...ended, state: 'done', updated: true}
    const {words} = await waitWith([running, done], {run: runAt('download', 'waiting')})
    expect(words[0]).toBe('download, 12 of 200 files, 34.0 MB of 120 MB (step 6 of 9)')
  })

  it.for<[string, Job, BankRun, string]>([
    ['nothing new', {...ended, state: 'done', updated: false}, runAt('over', 'done'), 'up_to_date'],
    ['stopped', {...ended, state: 'done', updated: true}, runAt('download', 'done'), 'stopped'],
    ['cancelled', {...ended, state: 'cancelled'}, runAt('download', 'failed'), 'cancelled'],
    ['failed', {...ended, state: 'failed', reason: 'no such file'}, runAt('download', 'failed'), 'failed'],
  ])('tells %s', async ([, job, run, outcome]) => {
    const {result} = await waitWith([running, job], {run})
    expect(result).toMatchObject({why: 'ended', outcome})
  })

  it('says where and why it failed, with the lines of its log', async () => {
    const job: Job = {...ended, state: 'failed', reason: 'no such file'}
    const log = ['2026-11-21 10:00:02,000 ERROR [root][Main] the remote has no such file']
    const {result} = await waitWith([job], {run: runAt('download', 'failed'), log})
    expect(result).toMatchObject({step: 'download', reason: 'no such file', logLines: ['the remote has no such file']})
  })

  it('is followed by its signs when the cluster has forgotten the job', async () => {
    const gone = new BiomajError({code: 'job_not_found', message: 'gone'})
    const {result} = await waitWith([gone], {run: {...runAt('init', 'waiting'), logFile: null}})
    // No history row, no lock, no daemon at work: without the job there is no sign of life.
    expect(result).toMatchObject({why: 'ended', outcome: 'never_started'})
  })

  it('outlives answers that do not come', async () => {
    const lost = new BiomajError({code: 'unreachable', message: 'lost'})
    const done: Job = {...ended, state: 'done', updated: true}
    const {result} = await waitWith([running, lost, lost, done], {run: runAt('over', 'done')})
    expect(result).toMatchObject({outcome: 'updated'})
  })
})
