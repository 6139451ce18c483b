import {describe, expect, it} from 'vitest'
import type {Job} from '../../../src/api/contract/job.js'
import type {FeedSnapshot} from '../../../src/ui/data/feed.js'
import {type Kept, nothingYet} from '../../../src/ui/data/kept.js'
import type {Board} from '../../../src/ui/data/sources.js'
import type {Since} from '../../../src/ui/data/watched.js'
import {compactPanels, type OverviewModel, overviewPanels} from '../../../src/ui/views/overview/overview-panels.js'

const nowMs = 1_000_000
const now = new Date('2026-11-21T12:00:00Z')
const feed: FeedSnapshot = {
  connection: {state: 'live'},
  paused: false,
  intervalMs: 2000,
  pauseMs: 2000,
  unansweredSinceMs: undefined,
  known: new Map(),
}

function known<T>(value: T): Kept<T> {
  return {value, atMs: nowMs, error: undefined}
}

function aModel(board: Partial<Board>, changes: Partial<OverviewModel> = {}): OverviewModel {
  const quiet: Board = {
    services: [],
    maintenance: false,
    queue: {depth: 0, waiting: []},
    daemons: [],
    locks: {locks: [], runningWithoutLock: []},
    banks: [],
    key: 'valid',
    jobs: null,
    caller: null,
  }
  const parts = Object.fromEntries(Object.entries({...quiet, ...board}).map(([name, value]) => [name, known(value)]))
  return {
    board: parts as unknown as OverviewModel['board'],
    depths: [],
    since: new Map(),
    troubles: new Map(),
    feed,
    nowMs,
    now,
    width: 76,
    isWide: false,
    isSmall: false,
    ...changes,
  }
}

function linesOf(title: string, model: OverviewModel): string[] {
  const panel = overviewPanels(model).find(one => one.title === title)
  return (panel?.lines ?? []).map(({content}) => content.map(({text}) => text).join(''))
}

function aJob(changes: Partial<Job>): Job {
  return {
    id: '1',
    kind: 'update',
    bank: 'alu',
    state: 'running',
    user: 'jane',
    correlationId: 'c',
    parent: null,
    queuedAt: '2026-11-21T11:00:00Z',
    startedAt: null,
    endedAt: null,
    worker: null,
    attempts: 1,
    progress: null,
    release: null,
    updated: null,
    published: null,
    directory: null,
    session: null,
    reason: null,
    ...changes,
  }
}

const aluAtDownload = [{daemon: 'd1', bank: 'alu', action: 'update', step: 'download' as const}]

function workSince(since: Since): string | undefined {
  return linesOf('Running', aModel({daemons: aluAtDownload}, {since: new Map([['d1', since]])}))[0]
}

describe('what needs attention', () => {
  it('is said to be nothing when there is nothing', () => {
    expect(linesOf('Attention', aModel({}))).toEqual(['✓ Nothing needs you'])
  })

  it('is not said to be nothing while the banks are not known', () => {
    const model = aModel({})
    expect(linesOf('Attention', {...model, board: {...model.board, banks: nothingYet}})).toEqual([])
  })

  it('is maintenance, a refused key, services, locks that nobody holds, and failed banks', () => {
    const bank = {types: [], publishedRelease: null, visibility: 'public', lastUpdate: null, work: null}
    const model = aModel(
      {
        maintenance: true,
        key: 'invalid',
        services: [{name: 'biomaj-mongo', state: 'down', count: 0, instances: []}],
        locks: {
          locks: [
            {bank: 'left', state: 'stale'},
            {bank: 'held', state: 'working'},
          ],
          runningWithoutLock: ['ghost'],
        },
        banks: [
          {...bank, name: 'broken', failed: true},
          {...bank, name: 'fine', failed: false},
        ],
      },
      {troubles: new Map([['biomaj-mongo', {atMs: nowMs - 65_000, atLeast: false}]])},
    )
    expect(linesOf('Attention', model)).toEqual([
      '! Maintenance is on: no update starts',
      '✗ The cluster does not know your key: private banks are hidden',
      '✗ mongo is down for 1m',
      '! left is locked, but no daemon works on it',
      '! ghost is shown as running, but holds no lock',
      '✗ broken failed',
    ])
  })
})

describe('what runs', () => {
  it('is told with the time since it was seen, as far as that is known', () => {
    expect(workSince({atMs: nowMs - 5000, atLeast: false})).toBe('▶ alu  update, at download  for 5s  on d1')
    expect(workSince({atMs: nowMs - 5000, atLeast: true})).toBe('▶ alu  update, at download  on d1')
    expect(workSince({atMs: nowMs - 65_000, atLeast: true})).toBe('▶ alu  update, at download  for 1m or more  on d1')
  })

  it('is told with its true duration and progress where the cluster knows them', () => {
    const progress = {filesDone: 1, filesTotal: 4, bytesDone: 6_000_000, bytesTotal: 24_000_000}
    const jobs = [aJob({startedAt: '2026-11-21T11:56:55Z', progress})]
    expect(linesOf('Running', aModel({daemons: aluAtDownload, jobs}))).toEqual([
      '▶ alu  update, at download  for 3m 05s  on d1',
      '  ━━━───────── 25 %  1 of 4 files, 6.0 MB of 24.0 MB',
    ])
    const [first] = compactPanels(aModel({daemons: aluAtDownload, jobs}))
    const lines = first?.lines.map(({content}) => content.map(({text}) => text).join(''))
    expect(lines).toContain('Running   ▶ alu  update, at download  25 %  for 3m 05s  on d1')
  })
})

describe('what waits', () => {
  it('stands in the order in which it will run, with who asked for it where the cluster tells', () => {
    const waiting = ['b', 'a', 'b']
    // Newest first, as the cluster lists jobs.
    const jobs = [
      aJob({bank: 'b', state: 'queued', kind: 'remove', user: 'joe'}),
      aJob({bank: 'a', state: 'queued'}),
      aJob({bank: 'b', state: 'queued'}),
    ]
    expect(linesOf('Queue', aModel({queue: {depth: 3, waiting}, jobs}))).toEqual([
      '… 3 waiting',
      '1  b  update for jane',
      '2  a  update for jane',
      '3  b  remove for joe',
    ])
    expect(linesOf('Queue', aModel({queue: {depth: 3, waiting}}))).toEqual(['… 3 waiting', '1  b', '2  a', '3  b'])
  })

  it('has the last depths as bars, once there was anything', () => {
    expect(linesOf('Queue', aModel({}, {depths: [0, 0, 0]}))).toEqual(['✓ empty'])
    expect(linesOf('Queue', aModel({}, {depths: [4, 2, 0]}))).toEqual(['✓ empty  █▅▁'])
  })
})
