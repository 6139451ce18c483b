import {once} from 'node:events'
import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {request} from 'node:http'
import type {IncomingMessage} from 'node:http'
import path from 'node:path'
import {afterEach, describe, expect, it} from 'vitest'
import {z} from 'zod'
import {aBank, aRelease, defaultUsers, startScriptedCluster} from '../scripted-cluster/index.js'
import type {Outcome, ScriptedBank, ScriptedCluster, ScriptedClusterOptions} from '../scripted-cluster/index.js'

const startedAt = Date.parse('2026-01-15T10:00:00Z')
const clusters: ScriptedCluster[] = []

afterEach(async () => {
  await Promise.all(clusters.splice(0).map(async cluster => cluster.stop()))
})

async function start(options: ScriptedClusterOptions = {}): Promise<ScriptedCluster> {
  const cluster = await startScriptedCluster({now: () => startedAt, utcOffsetMinutes: 60, ...options})
  clusters.push(cluster)
  return cluster
}

interface Asked {
  method?: string
  path: string
  headers?: Record<string, string>
  /** JSON; a string is sent as it is. */
  body?: unknown
}

interface Answered {
  status: number
  contentType: string
  body: unknown
}

/** With `node:http`, because fetch sends no body with GET, which one route of BioMAJ wants. */
async function ask(cluster: ScriptedCluster, {method = 'GET', path: route, headers, body}: Asked): Promise<Answered> {
  const payload = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const length = payload === '' ? {} : {'content-length': Buffer.byteLength(payload)}
  const outgoing = request(`${cluster.url}${route}`, {method, headers: {connection: 'close', ...headers, ...length}})
  outgoing.end(payload)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  const text = Buffer.concat(await response.toArray()).toString('utf8')
  const contentType = response.headers['content-type'] ?? ''
  const parsed: unknown = contentType === 'application/json' ? JSON.parse(text) : text
  return {status: response.statusCode ?? 0, contentType, body: parsed}
}

function as(user: string): Record<string, string> {
  const apiKey = defaultUsers.find(({name}) => name === user)?.apiKey ?? 'NOSUCHKEY1'
  return {Authorization: `APIKEY ${apiKey}`, 'X-API-KEY': apiKey}
}

const json = {'Content-Type': 'application/json'}

async function rpc(cluster: ScriptedCluster, options: unknown, user?: string) {
  const headers = {...json, ...(user === undefined ? {} : as(user))}
  return (await ask(cluster, {method: 'POST', path: '/api/daemon', headers, body: {options}})).body
}

const release = aRelease('2025-11-20', {session: 1_768_471_200, size: 1418, tags: ['human'], files: ['alu.n']})
const processes = ['AFTER_index', 'AFTER_publishable']

/** States in which the exchanges with the real services were recorded. */
const states = {
  empty: () => [
    aBank('alu', {listed: false}),
    aBank('broken', {listed: false, validConfig: false}),
    aBank('other', {listed: false}),
  ],
  seen: () => [
    aBank('alu'),
    aBank('broken', {validConfig: false}),
    aBank('secret', {visibility: 'private', types: ['protein', 'nucleic']}),
  ],
  produced: () => [aBank('alu', {releases: [{...release}]}), aBank('broken', {validConfig: false})],
  published: () => [aBank('alu', {releases: [{...release}], current: release.session})],
  frozen: () => [aBank('alu', {releases: [{...release, freeze: true}], current: release.session})],
  joes: () => [aBank('alu', {owner: 'joe'})],
} satisfies Record<string, () => ScriptedBank[]>

type Prepare = (cluster: ScriptedCluster) => void

function updateWith(bank: string, outcome: Outcome, steps?: number): Prepare {
  return cluster => {
    cluster.script(bank, outcome)
    cluster.state.queue.push({action: 'update', bank, user: 'jane', release: null, options: {}, requestedAt: 0})
    if (steps === undefined) cluster.finish()
    else cluster.advance(steps)
  }
}

const lock =
  (name: string): Prepare =>
  cluster =>
    cluster.state.locks.add(name)

/** Names of recorded exchanges by the state in which the scripted cluster has to answer the same. */
const recorded: {banks: () => ScriptedBank[]; prepare?: Prepare; names: string}[] = [
  {
    banks: states.empty,
    names: `bank-list-empty history-empty ping method-not-allowed route-unknown front-unknown-path body-missing
      body-not-json rpc-body-not-json rpc-datalist rpc-locks-none rpc-no-match rpc-options-missing rpc-whatsup-fresh
      whatsup-fresh bank-never-seen-anonymous bank-never-updated aboutme aboutme-bad-password aboutme-unknown-user
      rpc-aboutme rpc-aboutme-bad-password search status-all-up`,
  },
  {banks: states.empty, prepare: cluster => (cluster.state.versions = undefined), names: 'version rpc-version'},
  {banks: states.empty, prepare: cluster => (cluster.state.statusBroken = true), names: 'status-user-service-down'},
  {
    banks: states.seen,
    names: `bank-list-admin bank-list-anonymous bank-list-jane bank-list-joe bank-list-stranger bank-private-refused
      rpc-bank-private-refused bank-status-none check-true check-false log-none owns-admin owns-anonymous owns-bad-key
      owns-false owns-true show-anonymous show-bad-key show-without-body show-without-production cancel-anonymous
      cancel-idle cancel-not-owner rpc-cancel update-accepted update-anonymous update-bad-key update-bogus-option
      update-bogus-step update-by-other-user update-unknown-release update-wrong-config rpc-update-anonymous
      rpc-update-bad-key rpc-update-bogus-step rpc-update-two-banks rpc-update-wrong-config repair rpc-repair
      maintenance-on maintenance-off maintenance-on-anonymous maintenance-on-refused maintenance-status-off
      rpc-maintenance-on rpc-maintenance-off rpc-maintenance-on-refused move-missing-directory
      rpc-move-missing-directory owner rpc-visibility rpc-visibility-bad-value visibility-bad-value
      visibility-not-owner visibility-private log-private-refused log-private-not-owner
      unknown-bank-cancel unknown-bank-check unknown-bank-detail unknown-bank-freeze unknown-bank-log
      unknown-bank-owner unknown-bank-owns unknown-bank-publish unknown-bank-remove unknown-bank-repair
      unknown-bank-show unknown-bank-status unknown-bank-unpublish unknown-bank-update unknown-bank-visibility
      rpc-unknown-bank-status rpc-unknown-bank-update`,
  },
  {
    banks: states.seen,
    prepare: lock('biomaj'),
    names: 'maintenance-status-on rpc-maintenance-status rpc-locks-maintenance',
  },
  {
    banks: states.seen,
    prepare: lock('alu'),
    names: 'update-locked rpc-update-locked rpc-remove-locked rpc-locks-bank',
  },
  {
    banks: states.produced,
    names: `bank-unpublished freeze freeze-not-owner freeze-unknown-release unfreeze publish publish-not-owner
      publish-unknown-release rpc-publish-not-owner rpc-publish-unknown-release show rpc-show remove rpc-remove
      remove-release-missing remove-unknown-release history-limit`,
  },
  {banks: states.published, names: 'bank-published show-published rpc-search unpublish'},
  {banks: states.frozen, names: 'bank-frozen'},
  {banks: states.joes, names: 'owner-not-owner rpc-owner-not-owner rpc-owner'},
  {
    banks: () => [aBank('other'), aBank('alu')],
    names: 'remove-all rename rpc-update-accepted update-two-banks',
  },
  {
    banks: () => [aBank('alu')],
    prepare: updateWith('alu', {kind: 'updated', release: '1', processes}, 6),
    names: 'bank-status-downloading whatsup-running rpc-whatsup-running',
  },
  {
    banks: () => [aBank('alu')],
    prepare: updateWith('alu', {kind: 'updated', release: '1', processes}, 9),
    names: 'bank-status-processing rpc-bank-status-processing',
  },
  {
    banks: () => [aBank('alu')],
    prepare: updateWith('alu', {kind: 'updated', release: '1', processes}),
    names: 'bank-status-over whatsup-idle log-tail',
  },
  {
    banks: states.produced,
    prepare: updateWith('alu', {kind: 'up-to-date'}),
    names: 'bank-status-skipped',
  },
  {
    banks: () => [aBank('failing')],
    prepare: updateWith('failing', {
      kind: 'process-fails',
      release: '2025-11-20',
      processes: ['AFTER_index'],
      failing: 'AFTER_blast',
    }),
    names: 'bank-status-error bank-pending statusko statusko-anonymous rpc-statusko remove-pending',
  },
  {
    banks: () => [aBank('alu'), aBank('other')],
    prepare: ({state}) => {
      for (const bank of ['alu', 'other']) {
        state.queue.push({action: 'update', bank, user: 'jane', release: null, options: {}, requestedAt: 0})
      }
    },
    names: 'whatsup-queued-two',
  },
]

const exchange = z.object({
  request: z.object({
    method: z.string(),
    path: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.unknown().optional(),
  }),
  response: z.object({status: z.number(), headers: z.record(z.string(), z.string()), body: z.unknown()}),
})

const wire = path.resolve(import.meta.dirname, '../../fixtures/wire')
const cases = recorded.flatMap(({names, ...state}) => names.split(/\s+/).map(name => ({name, ...state})))

/** Times, sessions and the folders named after them differ from run to run. */
function steady(body: unknown): unknown {
  return JSON.parse(
    JSON.stringify(body)
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')
      .replaceAll(/1768471\d{3}(\.\d+)?/g, 'SESSION'),
  )
}

describe('answers as the real services were recorded', () => {
  it.each(cases)('$name', async ({name, banks, prepare}) => {
    const file = path.join(wire, `${name}.json`)
    expect(existsSync(file), `no recording ${name} among ${readdirSync(wire).length}`).toBe(true)
    const {request: asked, response} = exchange.parse(JSON.parse(readFileSync(file, 'utf8')))
    const cluster = await start({banks: banks()})
    cluster.state.services = cluster.state.services.filter(({service}) => service !== 'biomaj-rabbitmq')
    prepare?.(cluster)
    const headers = Object.fromEntries(
      Object.entries(asked.headers).map(([header, value]) => [
        header,
        value.replace(/<key of (\w+)>/, (_, user: string) => as(user)['X-API-KEY'] ?? ''),
      ]),
    )
    const answer = await ask(cluster, {...asked, headers})
    expect([answer.status, answer.contentType]).toEqual([response.status, response.headers['content-type']])
    expect(steady(answer.body)).toEqual(steady(response.body))
  })
})

function history(cluster: ScriptedCluster) {
  return cluster.state.history.map(({bank, action, updated, error}) => [bank, action, updated, error])
}

async function submit(cluster: ScriptedCluster, options: object = {}, user = 'jane') {
  return await rpc(cluster, {update: true, bank: 'alu', proxy: true, json: true, ...options}, user)
}

describe('updates', () => {
  it('goes from the queue through the steps to a release and a history row', async () => {
    const cluster = await start({banks: [aBank('alu')]})
    cluster.script('alu', {kind: 'updated', release: '7'})
    await submit(cluster, {publish: true})
    expect(cluster.state.queue).toHaveLength(1)
    cluster.advance()
    expect(cluster.state.daemons[0]?.says).toBe('alu:update')
    cluster.finish()
    expect(cluster.bank('alu').releases.map(each => each.release)).toEqual(['7'])
    expect(cluster.bank('alu').current).toBe(cluster.bank('alu').releases[0]?.session)
    expect(history(cluster)).toEqual([['alu', 'update', true, false]])
    expect([...cluster.state.locks]).toEqual([])
  })

  it('fails at a step, and the next run goes on with the same session', async () => {
    const cluster = await start({banks: [aBank('alu')]})
    cluster.script('alu', {kind: 'fails', step: 'download'}, {kind: 'updated', release: '1'})
    await submit(cluster)
    cluster.finish()
    const session = cluster.bank('alu').status?.session
    expect(cluster.bank('alu').status?.steps.get('download')).toBe(false)
    expect(history(cluster)).toEqual([['alu', 'update', true, true]])
    await submit(cluster)
    cluster.finish()
    expect(cluster.bank('alu').status?.session).toBe(session)
    expect(history(cluster)[1]).toEqual(['alu', 'update', true, false])
  })

  it('stops at the next step when cancelled', async () => {
    const cluster = await start({banks: [aBank('alu')]})
    await submit(cluster)
    cluster.advance(4)
    await rpc(cluster, {updatecancel: true, bank: 'alu', proxy: true}, 'joe')
    cluster.finish()
    expect(history(cluster)).toEqual([['alu', 'update', true, true]])
    expect(cluster.bank('alu').log?.join('\n')).toContain('Cancel requested, stopping update')
    expect(cluster.bank('alu').status?.steps.get('over')).toBeNull()
  })

  it('keeps a cancel request of an idle bank for its next run', async () => {
    const cluster = await start({banks: [aBank('alu')]})
    await rpc(cluster, {updatecancel: true, bank: 'alu', proxy: true}, 'jane')
    await submit(cluster)
    cluster.finish()
    expect([history(cluster), cluster.bank('alu').status]).toEqual([[['alu', 'update', true, true]], undefined])
    await submit(cluster)
    cluster.finish()
    expect(history(cluster)[1]).toEqual(['alu', 'update', true, false])
  })

  it('trips over a cancel request while processes run, and keeps it', async () => {
    const cluster = await start({banks: [aBank('alu')]})
    cluster.script('alu', {kind: 'updated', release: '1', processes})
    await submit(cluster)
    cluster.advance(8)
    expect(cluster.bank('alu').status?.processes.get('AFTER_index')).toBeNull()
    await rpc(cluster, {updatecancel: true, bank: 'alu', proxy: true}, 'jane')
    cluster.finish()
    expect(cluster.bank('alu').status?.steps.get('postprocess')).toBe(false)
    expect([...cluster.state.cancelRequests]).toEqual(['alu'])
  })

  it.each<[string, object, string]>([
    ['a user who does not own the bank', {}, 'joe'],
    ['a step that does not exist', {from_task: 'nosuchstep'}, 'jane'],
    ['a release that does not exist', {release: '1999'}, 'jane'],
  ])('accepts %s and then does nothing, without a history row', async (_, options, user) => {
    const cluster = await start({banks: [aBank('alu')]})
    expect(await submit(cluster, options, user)).toEqual({msg: 'Bank update request sent for alu\n', status: true})
    cluster.finish()
    expect([history(cluster), cluster.bank('alu').status]).toEqual([[], undefined])
  })

  it('leaves lock and whatsup row behind when the daemon dies, also after a restart', async () => {
    const cluster = await start({banks: [aBank('alu'), aBank('other')]})
    cluster.script('alu', {kind: 'daemon-dies', step: 'download'})
    await submit(cluster)
    cluster.finish()
    expect([...cluster.state.locks]).toEqual(['alu'])
    expect(cluster.state.daemons).toMatchObject([{says: 'alu:update', alive: false}])
    cluster.restartDaemons()
    await rpc(cluster, {update: true, bank: 'other', proxy: true}, 'jane')
    cluster.finish()
    expect(cluster.state.daemons[0]?.says).toBe('pending')
    expect(await submit(cluster)).toEqual({msg: 'Bank is locked due to an other action', status: false})
    await rpc(cluster, {repair: true, bank: 'alu', proxy: true}, 'jane')
    cluster.finish()
    expect([...cluster.state.locks]).toEqual([])
  })

  it('refuses every update during maintenance, after accepting it', async () => {
    const cluster = await start({banks: [aBank('alu')]})
    cluster.state.locks.add('biomaj')
    expect(await submit(cluster)).toMatchObject({status: true})
    cluster.finish()
    expect(history(cluster)).toEqual([['alu', 'update', true, true]])
  })

  it('works by itself when it has a tick', async () => {
    const cluster = await start({banks: [aBank('alu')], tickMs: 1})
    await submit(cluster)
    await expect.poll(() => history(cluster)).toEqual([['alu', 'update', true, false]])
  })
})

it('removes releases that are neither frozen nor published', async () => {
  const releases = ['1', '2', '3'].map((name, index) => aRelease(name, {session: index + 1, freeze: name === '2'}))
  const cluster = await start({banks: [aBank('alu', {releases, current: 3})]})
  for (const name of ['1', '2', '3', '4']) {
    await ask(cluster, {
      method: 'DELETE',
      path: '/api/daemon/bank/alu',
      headers: {...json, ...as('jane')},
      body: {release: name},
    })
  }
  cluster.finish()
  expect(cluster.bank('alu').releases.map(each => each.release)).toEqual(['2', '3'])
  expect(cluster.state.history).toHaveLength(1)
})

it('honours X-API-KEY on REST only', async () => {
  const cluster = await start({banks: [aBank('alu')]})
  const headers = {...json, 'X-API-KEY': 'JANEKEY001'}
  const body = {options: {update: true, bank: 'alu', proxy: true}}
  expect((await ask(cluster, {method: 'POST', path: '/api/daemon', headers, body})).body).toMatchObject({status: false})
  expect((await ask(cluster, {method: 'POST', path: '/api/daemon/bank/alu', headers, body: {}})).status).toBe(200)
  expect(cluster.requests.map(({path: route}) => route)).toEqual(['/api/daemon', '/api/daemon/bank/alu'])
})
