import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {BiomajClient, Secret} from '../../src/api/index.js'
import Update from '../../src/commands/update.js'
import Wait from '../../src/commands/wait.js'
import {submitUpdates} from '../../src/operations/submit-update.js'
import {BiomajError} from '../../src/shared/errors.js'
import {type Fault, type FaultProxy, startFaultProxy} from '../support/fault-proxy/index.js'
import {FakeClock} from '../support/replayed-cluster.js'
import type {ScriptedCluster} from '../support/scripted-cluster/index.js'
import {runAgainst} from './against.js'
import {lookAfterRequest, updateRequests, updatesScene} from './updates-scene.js'

let cluster: ScriptedCluster
let proxy: FaultProxy

beforeEach(async () => {
  cluster = (await updatesScene()).cluster
  proxy = await startFaultProxy({target: cluster.url, seed: 20_261_121})
})
afterEach(async () => {
  await proxy.stop()
  await cluster.stop()
})

interface Report {
  outcome: string
  exitCode: number
  reason: string | null
  error: {code: string; message: string} | null
}

async function reportOf(argv: string[]): Promise<Report & {status: number}> {
  const {exitCode, stdout} = await runAgainst(proxy, Update, ['--bank', 'alu', '--json', ...argv])
  const {updates} = JSON.parse(stdout) as {updates: [Report]}
  return {...updates[0], status: exitCode}
}

/** History and locks are read by POST as well. */
const postsBeforeRequest = 2

const requestsSent = () => proxy.requests.filter(({body}) => body.includes('"update":true')).length

describe('a request whose answer is lost', () => {
  it('is not sent again, and found by what it left', async () => {
    proxy.inject({kind: 'lose-answer'}, {method: 'POST', nth: postsBeforeRequest + 1})
    expect(await reportOf([])).toMatchObject({outcome: 'requested', status: 0})
    expect([requestsSent(), updateRequests(cluster)]).toEqual([1, 1])
  })

  it('is followed to its end with --wait', async () => {
    proxy.inject({kind: 'lose-answer'}, {method: 'POST', nth: postsBeforeRequest + 1})
    const reporting = reportOf(['--wait', '--poll', '100ms'])
    await lookAfterRequest(cluster, 3)
    cluster.finish()
    expect(await reporting).toMatchObject({outcome: 'updated', status: 0})
    expect([requestsSent(), updateRequests(cluster)]).toEqual([1, 1])
  })

  it('has an unknown outcome when it left nothing, and exits 7', async () => {
    proxy.inject({kind: 'hang-up'}, {method: 'POST', nth: postsBeforeRequest + 1})
    expect(await reportOf([])).toMatchObject({
      outcome: 'unknown',
      status: 7,
      error: {code: 'outcome_unknown', message: expect.stringContaining('it was not sent again') as string},
      resume: 'biomaj wait --bank alu',
    })
    expect([requestsSent(), updateRequests(cluster)]).toEqual([1, 0])
  })

  it('has never started when it left nothing for long enough, and exits 9', async () => {
    proxy.inject({kind: 'hang-up'}, {method: 'POST', nth: postsBeforeRequest + 1})
    expect(await reportOf(['--wait', '--poll', '100ms'])).toMatchObject({
      outcome: 'never_started',
      status: 9,
      reason: 'Nothing shows that the request arrived; it is safe to send it again',
    })
    expect([requestsSent(), updateRequests(cluster)]).toEqual([1, 0])
  })

  it.each<Fault>([
    {kind: 'status', status: 500},
    {kind: 'status', status: 502},
    {kind: 'captive-portal'},
    {kind: 'truncate'},
    {kind: 'empty-object'},
  ])('counts an answer that says nothing as lost: $kind $status', async fault => {
    proxy.inject(fault, {method: 'POST', nth: postsBeforeRequest + 1})
    const [submission] = await submitUpdates(
      new BiomajClient({url: new URL(proxy.url), apiKey: new Secret('JANEKEY001')}),
      ['alu'],
      {update: {}, joinRunning: true, signal: new AbortController().signal, clock: new FakeClock()},
    )
    expect(submission?.state).toBe(fault.kind === 'truncate' ? 'sent' : 'unknown')
    expect(requestsSent()).toBe(1)
  })

  it('has an unknown outcome after a Ctrl-C while it was on its way, and the banks after it are not asked for', async () => {
    proxy.inject({kind: 'silence'}, {method: 'POST', nth: postsBeforeRequest + 2})
    const interruption = new AbortController()
    const running = runAgainst(proxy, Update, ['silva,alu,pfam', '--wait'], {signal: interruption.signal})
    await proxy.waitForRequest(({body}) => body.includes('"update":true') && body.includes('"alu"'))
    interruption.abort(new BiomajError({code: 'interrupted', message: 'Interrupted'}))
    expect(await running).toMatchInlineSnapshot(`
      {
        "exitCode": 130,
        "stderr": "",
        "stdout": "… silva  still running
      ? alu    outcome unknown  Interrupted while the request for alu was on its way; it may have arrived
        See \`biomaj status --bank alu\` for whether it arrived.
      ✗ pfam   not requested  Interrupted
      Come back: biomaj wait --bank silva,alu
      Cancel:    biomaj cancel --bank silva,alu
      ",
      }
    `)
    expect(cluster.state.queue.map(({bank}) => bank)).toEqual(['silva'])
  })

  it('is not asked for at all while the cluster cannot be reached', async () => {
    await proxy.refuse()
    const run = await runAgainst(proxy, Update, ['--bank', 'alu'])
    expect(run).toMatchInlineSnapshot(`
      {
        "exitCode": 7,
        "stderr": "✗ Cannot reach http://cluster: connection refused
        If it is a cluster of your own, start it again with \`biomaj cluster start\`.
      ",
        "stdout": "",
      }
    `)
  })

  it('is not asked for when a check takes too long, and says so', async () => {
    proxy.inject({kind: 'silence'}, {route: /owns/})
    const run = await runAgainst(proxy, Update, ['--bank', 'alu,pfam', '--request-timeout', '500ms'])
    expect(run).toMatchInlineSnapshot(`
      {
        "exitCode": 7,
        "stderr": "",
        "stdout": "✗ alu   not requested  No whole answer from http://cluster to GET /api/daemon/bank/alu/owns in time
        Try again, or allow more with --request-timeout.
      ✗ pfam  not requested  No whole answer from http://cluster to GET /api/daemon/bank/pfam/owns in time
        Try again, or allow more with --request-timeout.
      ",
      }
    `)
    expect(requestsSent()).toBe(0)
  })
})

describe('waiting', () => {
  it.each<{name: string; fault: Fault; probability?: number}>([
    {name: 'resets', fault: {kind: 'hang-up'}, probability: 0.2},
    {name: 'errors', fault: {kind: 'status', status: 503}, probability: 0.2},
    {name: 'pages', fault: {kind: 'captive-portal'}, probability: 0.2},
    {name: 'halves', fault: {kind: 'truncate'}, probability: 0.2},
  ])('sees the end of an update through a fifth of $name', async ({fault, probability}) => {
    const reporting = reportOf(['--wait', '--poll', '100ms'])
    await lookAfterRequest(cluster, 1)
    const takeAway = proxy.inject(fault, probability === undefined ? {} : {probability})
    for (let look = 2; look < 20; look += 2) {
      await lookAfterRequest(cluster, look)
      cluster.advance()
    }
    cluster.finish()
    expect(await reporting).toMatchObject({outcome: 'updated', status: 0})
    takeAway()
    expect(requestsSent()).toBe(1)
  })

  it.each<Fault>([
    {kind: 'status', status: 500},
    {kind: 'status', status: 502},
    {kind: 'captive-portal'},
    {kind: 'empty-object'},
    {kind: 'hang-up'},
  ])('outlives a storm of $kind $status, and tells of it once', async fault => {
    const running = runAgainst(proxy, Update, ['--bank', 'alu', '--wait', '--poll', '100ms'])
    await lookAfterRequest(cluster, 2)
    const seen = proxy.requests.length
    proxy.inject(fault)
    await proxy.waitForRequest(request => proxy.requests.indexOf(request) >= seen + 6)
    cluster.finish()
    await proxy.heal()
    const {exitCode, stdout, stderr} = await running
    expect({exitCode, stdout}).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^✓ alu {2}updated/) as string,
    })
    expect(stderr.match(/no answer/g)).toHaveLength(1)
  })

  it('ends with exit 7 after --max-outage, and does not call it a failure', async () => {
    const running = runAgainst(proxy, Update, ['--bank', 'alu', '--wait', '--poll', '100ms', '--max-outage', '1s'])
    await lookAfterRequest(cluster, 2)
    proxy.inject({kind: 'captive-portal'})
    expect(await running).toMatchInlineSnapshot(`
      {
        "exitCode": 7,
        "stderr": "alu: queued, next to run
      alu: no answer (http://cluster answered GET /api/daemon/whatsup with an HTML page); the update may go on
      alu: outcome unknown
      ",
        "stdout": "? alu  outcome unknown  http://cluster answered GET /api/daemon/whatsup with an HTML page
        Is this the address of a BioMAJ public proxy? A network's login page looks like this too.
        Come back: biomaj wait --bank alu
        Cancel:    biomaj cancel --bank alu
      ",
      }
    `)
  })

  it('goes on when the key is revoked meanwhile: looking needs none', async () => {
    const reporting = reportOf(['--wait', '--poll', '100ms'])
    await lookAfterRequest(cluster, 2)
    cluster.state.users = cluster.state.users.filter(({name}) => name !== 'jane')
    await lookAfterRequest(cluster, 4)
    cluster.finish()
    expect(await reporting).toMatchObject({outcome: 'updated', status: 0})
  })

  it('ends at once with exit 4 where looking is forbidden', async () => {
    const reporting = reportOf(['--wait', '--poll', '100ms'])
    await lookAfterRequest(cluster, 2)
    proxy.inject({kind: 'status', status: 401})
    expect(await reporting).toMatchObject({outcome: 'unknown', status: 4, error: {code: 'key_invalid'}})
  })

  it('keeps the result of one bank when the status of another cannot be read', async () => {
    const running = runAgainst(proxy, Update, [
      'alu',
      'pfam',
      '--wait',
      '--poll',
      '100ms',
      '--max-outage',
      '1s',
      '--json',
    ])
    await lookAfterRequest(cluster, 4)
    proxy.inject({kind: 'status', status: 500}, {route: '/api/daemon/bank/pfam'})
    cluster.finish()
    const {exitCode, stdout} = await running
    const {updates} = JSON.parse(stdout) as {updates: Report[]}
    expect([exitCode, updates.map(({outcome}) => outcome)]).toEqual([7, ['updated', 'unknown']])
  })

  it('attaches through faults as well', async () => {
    await reportOf([])
    proxy.inject({kind: 'hang-up'}, {method: 'GET', nth: [1, 2]})
    const running = runAgainst(proxy, Wait, ['--bank', 'alu', '--poll', '100ms'])
    await lookAfterRequest(cluster, 2)
    cluster.finish()
    expect(await running).toMatchObject({exitCode: 0})
  })
})
