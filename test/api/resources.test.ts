import nock from 'nock'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {BiomajClient, Secret} from '../../src/api/index.js'
import {failureOf, linesOf} from './calls.js'
import {clientFor, type Fixture, origin, readFixture, replay} from './support.js'

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

const key = 'KEY-OF-A-TEST'
const cluster = new BiomajClient({url: new URL(origin), apiKey: new Secret(key), userAgent: 'test/1'})

// A new recording may have other seconds.
const utcPattern = /^2026-01-15T10:00:\d\dZ$/
const localPattern = /^2026-01-15 11:00:\d\d$/

// The RPC carries as `msg` what the REST route answers, which is what was recorded.
function detail(name: string): Pick<Fixture, 'response'> {
  const {response} = readFixture(name)
  return {response: {...response, body: {status: true, msg: response.body}}}
}

function logOf(body: string): Pick<Fixture, 'response'> {
  return {response: {status: 200, headers: {'content-type': 'text/plain; charset=utf-8'}, body}}
}

describe('what every request carries', () => {
  it('is the key in both headers, because no route of BioMAJ is sure to read either', async () => {
    const sent = replay(readFixture('ping'))
    await cluster.daemon.ping()
    expect(sent[0]?.headers).toMatchObject({
      authorization: `APIKEY ${key}`,
      'x-api-key': key,
      accept: 'application/json',
      'user-agent': 'test/1',
    })
  })

  it('is no key where anybody may ask, once the cluster is known to be one of BioMAJ', async () => {
    const biomaj = clientFor(readFixture('ping'), {apiKey: new Secret(key)})
    replay(readFixture('ping'))
    expect(await biomaj.additions.capabilities()).toEqual(new Set())
    const sent = replay(readFixture('whatsup-idle'))
    await biomaj.daemon.activity()
    expect(sent[0]?.headers).not.toHaveProperty('authorization')
    expect(sent[0]?.headers).not.toHaveProperty('x-api-key')
  })

  it('is the key where it is not known yet whether anybody may ask, or known that not', async () => {
    const other = clientFor(readFixture('ping'), {apiKey: new Secret(key)})
    const headers = async () => {
      const sent = replay(readFixture('whatsup-idle'))
      await other.daemon.activity()
      return sent[0]?.headers
    }
    const withKey = {authorization: `APIKEY ${key}`, 'x-api-key': key}
    expect(await headers()).toMatchObject(withKey)
    const hello = {msg: 'pong', biomaj: {version: '1', name: 'local', capabilities: ['whoami']}}
    replay({response: {...readFixture('ping').response, body: hello}})
    expect(await other.additions.capabilities()).toEqual(new Set(['whoami']))
    expect(await headers()).toMatchObject(withKey)
  })

  it('is no key at all without one', async () => {
    const sent = replay(readFixture('ping'))
    await new BiomajClient({url: new URL(origin)}).daemon.ping()
    expect(sent[0]?.headers).not.toHaveProperty('authorization')
    expect(sent[0]?.headers).not.toHaveProperty('x-api-key')
  })

  it('goes below the path prefix of the cluster', async () => {
    const sent = replay(readFixture('ping'))
    await new BiomajClient({url: new URL(`${origin}/some/where/`)}).daemon.ping()
    expect(sent[0]?.path).toBe('/some/where/api/daemon')
  })
})

describe('daemon', () => {
  it('pings', async () => {
    const sent = replay(readFixture('ping'))
    await cluster.daemon.ping()
    expect(sent).toMatchObject([{method: 'GET', path: '/api/daemon', body: ''}])
  })

  it('takes no other answer for a ping', async () => {
    replay({response: {status: 200, headers: {'content-type': 'application/json'}, body: {msg: 'ping'}}})
    expect(await failureOf(cluster.daemon.ping())).toMatchObject({code: 'protocol'})
  })

  it('lists services with their instances', async () => {
    const sent = replay(readFixture('status-partly'))
    const services = await cluster.daemon.services()
    expect(sent).toMatchObject([{method: 'GET', path: '/api/daemon/status'}])
    expect(services.map(({name, state}) => `${name} ${state}`)).toEqual([
      'biomaj-public-proxy up',
      'biomaj-redis up',
      'biomaj-internal-proxy up',
      'biomaj-mongo up',
      'biomaj-consul up',
      'biomaj-download up',
      'biomaj-process down',
      'biomaj-watcher up',
      'biomaj-cron up',
      'biomaj-ftp up',
      'biomaj-daemon-message up',
      'biomaj-user up',
      'biomaj-daemon partly',
    ])
    expect(services.at(-1)).toEqual({
      name: 'biomaj-daemon',
      state: 'partly',
      count: 2,
      instances: [
        {host: '172.18.0.5', up: true},
        {host: '172.18.0.5', up: false},
      ],
    })
  })

  it('counts no instance of a service that the cluster does not run', async () => {
    replay(readFixture('status-missing'))
    const services = await cluster.daemon.services()
    expect(services.filter(({count}) => count === 0).map(({state, instances}) => [state, instances])).toContainEqual([
      'down',
      [],
    ])
  })

  it('turns the queue round, so that the next to run comes first', async () => {
    const sent = replay(readFixture('whatsup-queued-two'))
    expect(await cluster.daemon.activity()).toEqual({queueDepth: 2, waiting: ['alu', 'other'], daemons: []})
    expect(sent).toMatchObject([{method: 'GET', path: '/api/daemon/whatsup'}])
  })

  it('tells an idle daemon from a busy one', async () => {
    replay(readFixture('whatsup-idle'))
    expect((await cluster.daemon.activity()).daemons).toEqual([{daemon: 'biomaj_daemon_message1'}])
    nock.cleanAll()
    replay(readFixture('whatsup-running'))
    expect((await cluster.daemon.activity()).daemons).toEqual([
      {daemon: 'biomaj_daemon_message1', bank: 'alu', action: 'update'},
    ])
  })

  it('refuses a queue without a length', async () => {
    const services = [['queue', 'many', 'waiting']]
    const body = {headers: ['daemon', 'bank', 'action'], services}
    replay({response: {status: 200, headers: {'content-type': 'application/json'}, body}})
    expect(await failureOf(cluster.daemon.activity())).toMatchObject({
      code: 'protocol',
      message: 'Unexpected answer to GET /api/daemon/whatsup: "bank" is not a number',
    })
  })

  it.for([
    ['maintenance-status-on', true],
    ['maintenance-status-off', false],
  ] as const)('reads %s', async ([name, on]) => {
    replay(readFixture(name))
    expect(await cluster.daemon.maintenance()).toBe(on)
  })

  it.for([
    ['rpc-locks-none', {banks: [], maintenance: false}],
    ['rpc-locks-bank', {banks: ['alu'], maintenance: false}],
    ['rpc-locks-maintenance', {banks: [], maintenance: true}],
  ] as const)('reads %s, asked for without `proxy`', async ([name, locks]) => {
    const sent = replay(readFixture(name))
    expect(await cluster.daemon.locks()).toEqual(locks)
    expect(sent).toMatchObject([{method: 'POST', path: '/api/daemon', body: {options: {whatsup: true, json: true}}}])
    expect(sent[0]?.body).not.toHaveProperty('options.proxy')
  })

  it('lists the modules of the server', async () => {
    const version = [
      ['biomaj', '3.1.23', '3.1.24'],
      ['biomaj-core', '3.0.28', null],
    ]
    replay({response: {status: 200, headers: {'content-type': 'application/json'}, body: {version}}})
    expect(await cluster.daemon.versions()).toEqual([
      {module: 'biomaj', installed: '3.1.23', latest: '3.1.24'},
      {module: 'biomaj-core', installed: '3.0.28', latest: null},
    ])
  })

  it('says why the server cannot list its modules', async () => {
    replay(readFixture('version'))
    expect(await failureOf(cluster.daemon.versions())).toMatchObject({
      code: 'server_error',
      message:
        "The cluster failed on GET /api/daemon/version: The 'py-bcrypt' distribution was not found and is required by biomaj",
    })
  })
})

describe('account', () => {
  it('gets the account for user and password, and shows neither password nor key', async () => {
    const sent = replay(readFixture('rpc-aboutme'))
    const account = await cluster.account.aboutMe({user: 'jane', password: new Secret('jane-secret')})
    expect(account).toMatchObject({user: 'jane', email: 'jane@example.org'})
    expect(account.apiKey.reveal()).toBe('JANEKEY001')
    expect(JSON.stringify(account)).not.toContain('JANEKEY001')
    expect(sent[0]?.body).toEqual({
      options: {proxy: true, json: true, aboutme: true, userlogin: 'jane', userpassword: 'jane-secret'},
    })
  })

  it('tells a wrong password', async () => {
    replay(readFixture('rpc-aboutme-bad-password'))
    const call = cluster.account.aboutMe({user: 'jane', password: new Secret('no')})
    expect(await failureOf(call)).toMatchObject({code: 'bad_credentials'})
  })

  it.for([
    ['show-bad-key', 'invalid'],
    ['unknown-bank-show', 'valid'],
    ['show', 'valid'],
  ] as const)('takes %s for a key that is %s', async ([name, state]) => {
    const sent = replay(readFixture(name))
    expect(await cluster.account.keyState()).toBe(state)
    expect(sent).toMatchObject([{method: 'GET', path: '/api/daemon/bank/biomaj/show', body: {}}])
    expect(sent[0]?.headers['content-type']).toBe('application/json')
  })

  it.for([{}, null, [], {msg: 'pong'}])('takes %j for no word about a key', async body => {
    replay({response: {status: 200, headers: {'content-type': 'application/json'}, body}})
    expect(await failureOf(cluster.account.keyState())).toMatchObject({
      code: 'protocol',
      message: expect.stringMatching(/^Unexpected answer to GET \/api\/daemon\/bank\/biomaj\/show: /),
    })
  })

  it('asks nobody about a key that is not there', async () => {
    expect(await new BiomajClient({url: new URL(origin)}).account.keyState()).toBe('none')
  })

  it('does not call a key good while the user service is down', async () => {
    replay(readFixture('key-user-service-down'))
    expect(await failureOf(cluster.account.keyState())).toMatchObject({
      code: 'server_error',
      message: 'The user service of the cluster does not answer',
    })
  })
})

describe('banks', () => {
  it('lists banks', async () => {
    const sent = replay(readFixture('bank-list-updated'))
    expect((await cluster.banks.list()).slice(0, 2)).toEqual([
      {
        name: 'alu',
        types: ['nucleic'],
        publishedRelease: '2025-11-20',
        visibility: 'public',
        lastUpdate: {serverLocal: expect.stringMatching(localPattern)},
      },
      {name: 'broken', types: ['nucleic'], publishedRelease: null, visibility: 'public', lastUpdate: null},
    ])
    expect(sent).toMatchObject([{method: 'GET', path: '/api/daemon/bank'}])
  })

  it('splits the types of a bank', async () => {
    replay(readFixture('bank-list-jane'))
    const secret = (await cluster.banks.list()).find(({name}) => name === 'secret')
    expect(secret).toMatchObject({types: ['protein', 'nucleic'], visibility: 'private'})
  })

  it('lists banks whose last run failed', async () => {
    const sent = replay(readFixture('statusko'))
    expect(await cluster.banks.failed()).toEqual(['failing'])
    expect(sent).toMatchObject([{method: 'GET', path: '/api/daemon/status/ko'}])
  })

  it('gets the releases of a bank', async () => {
    const sent = replay(detail('bank-frozen'))
    expect(await cluster.banks.get('alu')).toEqual({
      name: 'alu',
      types: ['nucleic'],
      publishedRelease: '2025-11-20',
      lastUpdate: {serverLocal: expect.stringMatching(localPattern)},
      releases: [
        {
          release: '2025-11-20',
          remoteRelease: '2025-11-20',
          published: true,
          frozen: true,
          formats: ['fasta'],
          directory: '/var/lib/biomaj/data/db/alu/alu_2025-11-20',
          session: {serverLocal: expect.stringMatching(localPattern)},
          sizeBytes: null,
        },
      ],
      pending: [],
    })
    expect(sent).toMatchObject([
      {method: 'POST', path: '/api/daemon', body: {options: {status: true, bank: 'alu', proxy: true, json: true}}},
    ])
  })

  it('tells a release that is not published', async () => {
    replay(detail('bank-unpublished'))
    const {publishedRelease, releases} = await cluster.banks.get('alu')
    expect([publishedRelease, releases.map(({published}) => published)]).toEqual([null, [false]])
  })

  it('reads pending releases, whose table has its header as first row', async () => {
    replay(detail('bank-pending'))
    expect(await cluster.banks.get('failing')).toMatchObject({
      releases: [],
      pending: [{release: '2025-11-20', lastRun: {serverLocal: expect.stringMatching(localPattern)}}],
    })
  })

  it('reads a bank that never ran', async () => {
    replay(detail('bank-never-updated'))
    expect(await cluster.banks.get('alu')).toMatchObject({publishedRelease: null, lastUpdate: null, releases: []})
  })

  it('refuses a detail without the bank', async () => {
    const empty = {headers: ['Name'], details: []}
    const body = {status: true, msg: {bank: {info: empty, production: empty, pending: []}}}
    replay({response: {status: 200, headers: {'content-type': 'application/json'}, body}})
    expect(await failureOf(cluster.banks.get('alu'))).toMatchObject({
      code: 'protocol',
      message: 'Unexpected answer to POST /api/daemon {status, bank: alu}: bank.info.details: no row',
    })
  })

  it('says that a private bank is not for the caller', async () => {
    replay(readFixture('rpc-bank-private-refused'))
    expect(await failureOf(cluster.banks.get('secret'))).toMatchObject({code: 'forbidden'})
  })

  it('says that there is no such bank', async () => {
    replay(readFixture('rpc-unknown-bank-status'))
    expect(await failureOf(cluster.banks.get('nosuch'))).toMatchObject({
      code: 'bank_not_found',
      message: 'There is no bank "nosuch" on this cluster',
    })
  })

  it('reads a run with its processes', async () => {
    const sent = replay(readFixture('bank-status-processing'))
    const run = await cluster.banks.run('alu')
    expect(sent).toMatchObject([{method: 'GET', path: '/api/daemon/bank/alu/status'}])
    expect(run).toMatchObject({
      session: '1768471200.225',
      logFile: '/var/lib/biomaj/data/log/alu/1768471200.125/alu.log',
      requests: [],
    })
    expect(run.steps.map(({step, state}) => `${step} ${state}`)).toEqual([
      'init done',
      'check done',
      'depends done',
      'preprocess done',
      'release done',
      'download done',
      'postprocess waiting',
      'publish waiting',
      'over waiting',
    ])
    expect(run.steps[6]?.processes).toEqual([
      {name: 'AFTER_index', state: 'done'},
      {name: 'AFTER_publishable', state: 'running'},
    ])
  })

  it('tells failed and skipped steps', async () => {
    replay(readFixture('bank-status-error'))
    expect((await cluster.banks.run('failing')).steps.map(({state}) => state)).toContain('failed')
    nock.cleanAll()
    replay(readFixture('bank-status-skipped'))
    expect((await cluster.banks.run('alu')).steps.map(({state}) => state)).toContain('skipped')
  })

  it('reads as skipped what a run that goes on from an earlier one passed over', async () => {
    // BioMAJ writes nothing about them: they read like what is still to come.
    const {response} = readFixture('bank-status-processing')
    const over = new Set(['check', 'depends', 'preprocess', 'release', 'download'])
    const body = structuredClone(response.body) as {status: {process: [string, string][]}}
    for (const row of body.status.process) if (over.has(row[0])) row[1] = 'waiting'
    replay({response: {...response, body}})
    const run = await cluster.banks.run('alu')
    expect(run.steps.map(({state}) => state)).toEqual([
      'done',
      ...Array.from(over, () => 'skipped'),
      ...Array.from(['postprocess', 'publish', 'over'], () => 'waiting'),
    ])
  })

  it('lists the requests that wait for the bank', async () => {
    replay(readFixture('bank-status-removals'))
    expect((await cluster.banks.run('alu')).requests[0]).toEqual({
      action: 'Removal - release 2025-11-20',
      requestedAt: expect.stringMatching(utcPattern),
    })
  })

  it('reads a bank without any run', async () => {
    replay(readFixture('bank-status-none'))
    expect(await cluster.banks.run('alu')).toEqual({session: null, logFile: null, steps: [], requests: []})
  })

  it.for([
    ['owns-true', true],
    ['owns-false', false],
    ['owns-bad-key', false],
  ] as const)('reads %s', async ([name, owns]) => {
    const sent = replay(readFixture(name))
    expect(await cluster.banks.owns('alu')).toBe(owns)
    expect(sent).toMatchObject([{method: 'GET', path: '/api/daemon/bank/alu/owns'}])
  })

  it('adds up sizes by bank and release', async () => {
    const sent = replay(readFixture('rpc-stats'))
    const sizes = await cluster.banks.sizes()
    expect([...sizes.keys()]).toEqual(['alu', 'broken', 'secret', 'other'])
    expect(sizes.get('alu')).toEqual(new Map([['2025-11-20', 1418]]))
    expect(sent[0]?.body).toEqual({options: {proxy: true, json: true, stats: true}})
  })

  it('asks for an update with every option, so that none is left to the default of a server', async () => {
    const sent = replay(readFixture('rpc-update-accepted'))
    await cluster.banks.update('alu', {
      publish: true,
      fromScratch: true,
      release: '2025-11-20',
      fromTask: 'postprocess',
      process: 'index',
      stopBefore: 'over',
      stopAfter: 'publish',
    })
    expect(sent).toMatchObject([{method: 'POST', path: '/api/daemon'}])
    expect(sent[0]?.body).toEqual({
      options: {
        proxy: true,
        json: true,
        update: true,
        bank: 'alu',
        publish: true,
        fromscratch: true,
        release: '2025-11-20',
        from_task: 'postprocess',
        process: 'index',
        stop_before: 'over',
        stop_after: 'publish',
      },
    })
  })

  it('asks for a plain update', async () => {
    const sent = replay(readFixture('rpc-update-accepted'))
    await cluster.banks.update('alu')
    expect(sent[0]?.body).toEqual({
      options: {
        proxy: true,
        json: true,
        update: true,
        bank: 'alu',
        publish: false,
        fromscratch: false,
        release: null,
        from_task: null,
        process: null,
        stop_before: null,
        stop_after: null,
      },
    })
  })

  it.for([
    ['rpc-update-locked', 'bank_locked', 'The bank is locked by another action'],
    ['rpc-update-bad-key', 'key_invalid', 'The cluster does not know this API key'],
    ['rpc-update-wrong-config', 'refused', 'The cluster finds mistakes in the configuration of bank "broken"'],
    ['rpc-publish-not-owner', 'forbidden', 'Only administrators and the owner, jane, may do this'],
  ] as const)('says why an update was refused: %s', async ([name, code, message]) => {
    replay(readFixture(name))
    expect(await failureOf(cluster.banks.update('alu'))).toMatchObject({code, message})
  })

  it('wants a key for an update', async () => {
    const fixture = readFixture('rpc-update-anonymous')
    replay(fixture)
    expect(await failureOf(clientFor(fixture).banks.update('alu'))).toMatchObject({code: 'login_required'})
  })

  it('asks to cancel', async () => {
    const sent = replay(readFixture('rpc-cancel'))
    await cluster.banks.cancel('alu')
    expect(sent[0]?.body).toEqual({options: {proxy: true, json: true, updatecancel: true, bank: 'alu'}})
  })

  it.for(['', 'alu,other', ','])('does not take %j for one bank', async name => {
    const sent = replay(readFixture('rpc-update-accepted'))
    for (const call of [cluster.banks.update(name), cluster.banks.cancel(name), cluster.banks.get(name)]) {
      expect(await failureOf(call)).toMatchObject({code: 'usage'})
    }
    expect(sent).toEqual([])
  })
})

describe('names in paths', () => {
  it.for([
    ['a b', 'a%20b'],
    ['a/b', 'a%2Fb'],
    ['a?b#c', 'a%3Fb%23c'],
    ['%2e%2e', '%252e%252e'],
    ['...', '...'],
    ['é', '%C3%A9'],
  ])('sends %j as one segment', async ([name = '', segment = '']) => {
    const sent = replay(readFixture('owns-true'))
    await cluster.banks.owns(name)
    expect(sent[0]?.path).toBe(`/api/daemon/bank/${segment}/owns`)
  })

  it.for(['', '.', '..', '\uD800'])('refuses %j', async name => {
    const sent = replay(readFixture('owns-true'))
    expect(await failureOf(cluster.banks.owns(name))).toMatchObject({code: 'usage'})
    expect(await failureOf(cluster.banks.run(name))).toMatchObject({code: 'usage'})
    expect(await failureOf(linesOf(cluster.logs.tail(name, {lines: 1})))).toMatchObject({code: 'usage'})
    expect(sent).toEqual([])
  })
})

describe('history', () => {
  it('lists the newest entries with the limit as a number', async () => {
    const sent = replay(readFixture('rpc-history-limit'))
    expect(await cluster.history.list({limit: 2})).toEqual([
      {
        bank: 'secret',
        action: 'update',
        start: expect.stringMatching(utcPattern),
        end: expect.stringMatching(utcPattern),
        updated: true,
        error: false,
      },
      {
        bank: 'failing',
        action: 'update',
        start: expect.stringMatching(utcPattern),
        end: expect.stringMatching(utcPattern),
        updated: true,
        error: true,
      },
    ])
    expect(sent[0]?.body).toEqual({options: {proxy: true, json: true, history: true, historyLimit: 2}})
  })

  it.for([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses a limit of %d', async limit => {
    expect(await failureOf(cluster.history.list({limit}))).toMatchObject({code: 'usage'})
    expect(await failureOf(linesOf(cluster.logs.tail('alu', {lines: limit})))).toMatchObject({code: 'usage'})
  })
})

describe('logs', () => {
  it('reads the last lines without the end marker', async () => {
    const sent = replay(readFixture('log-tail'))
    expect(await linesOf(cluster.logs.tail('alu', {lines: 3}))).toEqual([
      '2026-01-15 11:00:00,000 INFO  [root][MainThread] Workflow:wf_over',
      '2026-01-15 11:00:00,000 INFO  [root][MainThread] Notify:none',
      '2026-01-15 11:00:00,000 INFO  [root][MainThread] Biomaj:Daemon:alu:over',
    ])
    expect(sent).toMatchObject([{method: 'GET', path: '/api/daemon/bank/alu/log/3'}])
  })

  it.for([
    ['', []],
    ['##END_OF_LOG', []],
    ['one\ntwo##END_OF_LOG', ['one', 'two']],
    ['one\n\n##END_OF_LOG', ['one', '']],
    ['##END_OF_LOG\nfake end\n##END_OF_LOG', ['##END_OF_LOG', 'fake end']],
    ['cut off\nwithout a mark', ['cut off', 'without a mark']],
  ] as const)('reads %j', async ([body, lines]) => {
    replay(logOf(body))
    expect(await linesOf(cluster.logs.tail('alu', {lines: 0}))).toEqual(lines)
  })

  it('cuts a line that has no end in sight', async () => {
    replay(logOf(`${'x'.repeat(300_000)}\nnext\n##END_OF_LOG`))
    const [first, second] = await linesOf(cluster.logs.tail('alu', {lines: 0}))
    expect([first?.length, second]).toEqual([65_536, 'next'])
  })

  it.for([
    ['log-none', 'refused', 'This bank has no log yet'],
    ['log-private-not-owner', 'forbidden', 'Only its owner and administrators may read the log of this bank'],
    ['unknown-bank-log', 'bank_not_found', 'There is no bank "nosuch" on this cluster'],
  ] as const)('finds the error in the 200 of %s', async ([name, code, message]) => {
    replay(readFixture(name))
    expect(await failureOf(linesOf(cluster.logs.tail('alu', {lines: 3})))).toMatchObject({code, message})
  })

  it.for([
    ['Cannot access log file /var/log/x.log', 'refused'],
    ["Failed to access log file: 'NoneType' object is not subscriptable", 'key_invalid'],
    ['Failed to access log file: Micro services activated but user not authenticated', 'key_invalid'],
    ['Failed to access log file: something new', 'refused'],
    ['<!doctype html><title>Sign in</title>', 'protocol'],
  ] as const)('finds the error in %j', async ([body, code]) => {
    replay({response: {status: 200, headers: {'content-type': 'text/html; charset=utf-8'}, body}})
    const error = await failureOf(linesOf(cluster.logs.tail('alu', {lines: 3})))
    expect(error.code).toBe(code)
    expect(error.message).not.toContain('<')
  })
})
