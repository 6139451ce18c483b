import {inspect} from 'node:util'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {BiomajClient, Secret} from '../../src/api/index.js'
import {Transport} from '../../src/api/transport.js'
import {type Fault, type FaultProxy, startFaultProxy} from '../support/fault-proxy/index.js'
import {failureOf, linesOf} from './calls.js'
import {json, Servers, startServer} from './server.js'

const key = 'THE+KEY/OF=JANE'
const password = 'the password of jane'
const told = [key, password, encodeURIComponent(key), encodeURIComponent(password), JSON.stringify(key).slice(1, -1)]

const servers = new Servers()
let proxy: FaultProxy
let client: BiomajClient
let lines: string[]

beforeEach(async () => {
  // A cluster that repeats what it was sent, as BioMAJ does when its user service is down.
  const cluster = servers.keep(
    await startServer((request, response) => {
      const said = `HTTPConnectionPool: /api/user/info/apikey/${encodeURIComponent(key)} for ${String(request.headers['x-api-key'])}`
      if (request.method === 'POST') json(response, {status: false, msg: said})
      else response.writeHead(500, {'content-type': 'text/html'}).end(`<p>${said}</p>`)
    }),
  )
  proxy = await startFaultProxy({target: cluster.url.href})
  lines = []
  client = new BiomajClient({url: new URL(proxy.url), apiKey: new Secret(key), onExchange: line => lines.push(line)})
})

afterEach(async () => {
  await proxy.stop()
  await servers.closeAll()
})

/** Everything that a careless program could print of a value. */
function printed(value: unknown): string {
  const forms = [inspect(value, {depth: 10, showHidden: true, getters: true}), JSON.stringify(value), String(value)]
  for (let error = value; error instanceof Error; error = error.cause) {
    forms.push(
      error.message,
      error.stack ?? '',
      JSON.stringify(error),
      JSON.stringify(Object.getOwnPropertyDescriptors(error)),
    )
  }
  return forms.join('\n')
}

function secretsIn(value: unknown): string[] {
  const text = printed(value)
  return told.filter(secret => text.includes(secret))
}

const faults: Fault[] = [
  {kind: 'hang-up'},
  {kind: 'reset'},
  {kind: 'truncate'},
  {kind: 'silence'},
  {kind: 'drip', intervalMs: 20},
  {kind: 'status', status: 401},
  {kind: 'status', status: 404},
  {kind: 'status', status: 502},
  {kind: 'captive-portal'},
  {kind: 'empty-object'},
  {kind: 'invalid-utf8'},
  {kind: 'answer', body: `{"user": "jane", "apikey": "${key}", broken`},
  {kind: 'answer', body: `{"status": true, "msg": {"user": "jane", "apikey": "${key}", "email": 7}}`},
  {kind: 'answer', body: `{"status": false, "msg": "unknown key ${key}"}`},
  {kind: 'answer', body: `key ${key} unknown`, contentType: 'text/html'},
  {kind: 'redirect', to: 'cross-origin'},
  {kind: 'redirect', to: 'loop'},
]

describe('neither key nor password is in an error or a line for --debug', () => {
  const calls: Array<[string, (timeoutMs: number) => Promise<unknown>]> = [
    ['GET', async timeoutMs => client.banks.list({timeoutMs, attempts: 1})],
    ['POST', async timeoutMs => client.banks.update('alu', {}, {timeoutMs})],
    ['login', async timeoutMs => client.account.aboutMe({user: 'jane', password: new Secret(password)}, {timeoutMs})],
    ['key', async timeoutMs => client.account.keyState({timeoutMs, attempts: 1})],
    ['log', async timeoutMs => linesOf(client.logs.tail('alu', {lines: 1, timeoutMs, attempts: 1}))],
  ]

  it.for([undefined, ...faults])('after %j', async fault => {
    if (fault) proxy.inject(fault)
    const errors: unknown[] = []
    for (const [, call] of calls) errors.push(await call(200).catch((error: unknown) => error))
    for (const error of errors) expect(secretsIn(error)).toEqual([])
    expect(secretsIn(lines)).toEqual([])
    expect(errors.filter(error => error instanceof Error).length).toBeGreaterThan(0)
    expect(proxy.requests.some(({headers}) => headers['x-api-key'] === key)).toBe(true)
  })

  it('after a refused connection', async () => {
    await proxy.refuse()
    const error = await failureOf(client.banks.list({attempts: 1}))
    expect(error).toMatchObject({code: 'unreachable', details: {cause: 'ECONNREFUSED'}})
    expect(error.cause).toMatchObject({code: 'ECONNREFUSED'})
    expect(Object.keys(error.cause as object)).not.toContain('options')
    expect(secretsIn(error)).toEqual([])
  })
})

it('shows the key of neither client nor transport', () => {
  expect(secretsIn(client)).toEqual([])
  expect(secretsIn(new Transport({url: new URL(proxy.url), apiKey: new Secret(key)}))).toEqual([])
})

it('tells each exchange in a line with route, status and time', async () => {
  await failureOf(client.daemon.ping())
  proxy.inject({kind: 'hang-up'})
  await failureOf(client.daemon.ping({attempts: 1}))
  expect(lines).toEqual([
    expect.stringMatching(/^GET \/api\/daemon -> 500 in \d+ ms$/),
    `GET /api/daemon failed: Cannot reach ${proxy.url}: the connection broke`,
  ])
})

it.for(['', 'two words', 'a\nb', 'a\u0000', 'é'])('refuses a key that no header can carry: %j', value => {
  expect(() => new BiomajClient({url: new URL(proxy.url), apiKey: new Secret(value)})).toThrow(
    expect.objectContaining({code: 'key_invalid', message: 'The API key has characters that no key can have'}),
  )
})
