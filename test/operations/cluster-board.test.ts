import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {BiomajClient} from '../../src/api/client.js'
import type {Activity, Locks} from '../../src/api/contract/daemon.js'
import {areSuspect, confirmed, lockReport, suspectsOf} from '../../src/operations/board/locks.js'
import {withoutCredentials} from '../../src/operations/board/services.js'
import {readBoard} from '../../src/operations/board/cluster-board.js'
import {aBank, type ScriptedCluster, startScriptedCluster} from '../support/scripted-cluster/index.js'

const activity = (...working: Array<[bank: string, action: string]>): Activity => ({
  queueDepth: 0,
  waiting: [],
  daemons: working.map(([bank, action], index) => ({daemon: `daemon-${index}`, bank, action})),
})
const locks = (...banks: string[]): Locks => ({banks, maintenance: false})

describe('what locks and activity say about each other', () => {
  it.each([
    ['a bank at work with its lock', activity(['alu', 'update']), locks('alu'), [], []],
    ['a lock that nobody works under', activity(), locks('alu'), ['alu'], []],
    ['an update without a lock', activity(['alu', 'update']), locks(), [], ['alu']],
    ['a repair, which needs no lock', activity(['alu', 'repair']), locks(), [], []],
    ['a removal of a whole bank, which takes no lock', activity(['alu', 'remove']), locks(), [], []],
  ])('%s', (_name, seen, held, locked, running) => {
    const suspects = suspectsOf(seen, held)
    expect([...suspects.locked]).toEqual(locked)
    expect([...suspects.running]).toEqual(running)
    expect(areSuspect(suspects)).toBe(locked.length + running.length > 0)
  })

  it('believes only what two looks agree on', () => {
    const first = suspectsOf(activity(['pfam', 'update']), locks('alu', 'silva'))
    const second = suspectsOf(activity(['pfam', 'update']), locks('silva', 'pfam'))
    const {locked, running} = confirmed(first, second)
    expect([[...locked], [...running]]).toEqual([['silva'], []])
  })

  it('takes an unexplained lock for that of a dependency while an update is at its depends step', () => {
    const held = {available: true as const, value: locks('dep', 'alu')}
    const suspects = suspectsOf(activity(['alu', 'update']), held.value)
    const states = (updatesDependencies: boolean) => {
      const report = lockReport({locks: held, suspects, updatesDependencies})
      return report.available ? report.value.locks : []
    }
    expect(states(true)).toEqual([
      {bank: 'alu', state: 'working'},
      {bank: 'dep', state: 'dependency'},
    ])
    expect(states(false)[1]).toEqual({bank: 'dep', state: 'stale'})
  })

  it('judges no lock when it does not know what the daemons do', () => {
    const report = lockReport({
      locks: {available: true, value: locks('alu')},
      suspects: undefined,
      updatesDependencies: false,
    })
    expect(report).toMatchObject({value: {locks: [{bank: 'alu', state: 'unknown'}]}})
  })
})

it('hides passwords in addresses of services', () => {
  const [mongo] = withoutCredentials([
    {name: 'biomaj-mongo', state: 'up', count: 1, instances: [{host: 'mongodb://root:s3cret@db:27017', up: true}]},
  ])
  expect(mongo?.instances).toEqual([{host: 'mongodb://***@db:27017', up: true}])
})

describe('readBoard', () => {
  let cluster: ScriptedCluster
  let client: BiomajClient
  let naps: number[]

  beforeEach(async () => {
    cluster = await startScriptedCluster({banks: [aBank('alu'), aBank('pfam')]})
    client = new BiomajClient({url: new URL(cluster.url)})
    naps = []
  })

  afterEach(async () => cluster.stop())

  const read = async (duringNap: () => void = () => undefined) =>
    readBoard(client, {
      signal: new AbortController().signal,
      clock: {
        sleep: async delayMs => {
          naps.push(delayMs)
          duringNap()
        },
      },
    })

  it('looks once when nothing is strange', async () => {
    const board = await read()
    expect(naps).toEqual([])
    expect(board.locks).toEqual({available: true, value: {locks: [], runningWithoutLock: []}})
  })

  it('looks again before it calls a lock stale', async () => {
    cluster.state.locks.add('alu')
    const board = await read()
    expect(naps).toEqual([1000])
    expect(board.locks).toMatchObject({value: {locks: [{bank: 'alu', state: 'stale'}]}})
  })

  it('does not call a lock stale that was only seen at another instant than the activity', async () => {
    cluster.state.locks.add('alu')
    const board = await read(() => Object.assign(cluster.state.daemons[0] ?? {}, {says: 'alu:update'}))
    expect(board.locks).toMatchObject({value: {locks: [{bank: 'alu', state: 'working'}]}})
  })

  it('shows no work on a bank that is only shown as running', async () => {
    Object.assign(cluster.state.daemons[0] ?? {}, {says: 'alu:update'})
    cluster.bank('alu').failed = true
    const board = await read()
    expect(board.locks).toMatchObject({value: {runningWithoutLock: ['alu']}})
    expect(board.banks).toMatchObject({value: [{name: 'alu', work: null, failed: true}, {name: 'pfam'}]})
  })

  it('asks for everything at once', async () => {
    await read()
    const routes = cluster.requests.map(({method, path}) => `${method} ${path}`)
    expect(routes.toSorted()).toEqual([
      'GET /api/daemon',
      'GET /api/daemon/bank',
      'GET /api/daemon/status',
      'GET /api/daemon/status/ko',
      'GET /api/daemon/whatsup',
      'POST /api/daemon',
    ])
  })

  it('ends with the reason of its signal', async () => {
    const reason = new Error('enough')
    await expect(
      readBoard(client, {signal: AbortSignal.abort(reason), clock: {sleep: async () => undefined}}),
    ).rejects.toBe(reason)
  })
})
