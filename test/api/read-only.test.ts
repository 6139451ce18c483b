import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import * as fc from 'fast-check'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {BiomajClient, BiomajError, Secret} from '../../src/api/index.js'
import {requireRead} from '../../src/api/write-gate.js'
import {failureOf} from './calls.js'

interface Seen {
  method: string
  path: string
  body: unknown
}

// In the order in which the daemon looks for them: the first that is set decides.
const actionsOfBiomaj = (
  'version history stats whatsup maintenance owner visibility newdir newbank search show check status statusko update ' +
  'freeze unfreeze remove removeall removepending unpublish publish updatestatus updatecancel aboutme datalist dataimport repair'
).split(' ')
const readsOfBiomaj = new Set(
  'version history stats whatsup search show check status statusko updatestatus aboutme datalist'.split(' '),
)

/** What BioMAJ itself would do with a request. */
function changesSomething({method, path, body}: Seen): boolean {
  if (method === 'GET') return false
  if (method !== 'POST' || path !== '/api/daemon') return true
  const {options = {}} = body as {options?: Record<string, unknown>}
  const action = actionsOfBiomaj.find(name => options[name])
  return action !== undefined && !readsOfBiomaj.has(action) && options[action] !== 'status'
}

let server: Server
let url: URL
let seen: Seen[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      const body: unknown = text === '' ? undefined : JSON.parse(text)
      seen.push({method: request.method ?? '', path: request.url ?? '', body})
      response.setHeader('content-type', 'application/json').end('{"status":true,"msg":null}')
    })
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  seen = []
})

const client = (readOnly: boolean) => new BiomajClient({url, apiKey: new Secret('KEY'), readOnly})

/** Each method of each resource, found by looking, so that none that comes later is forgotten. */
function methodsOf(cluster: BiomajClient): Array<[name: string, call: (...args: unknown[]) => unknown]> {
  return Object.entries(cluster).flatMap(([name, resource]: [string, unknown]) => {
    if (typeof resource !== 'object' || resource === null || resource instanceof URL) return []
    const prototype = Object.getPrototypeOf(resource) as object
    return Object.getOwnPropertyNames(prototype)
      .filter(method => method !== 'constructor')
      .map(method => {
        const call = Reflect.get(resource, method) as (...args: unknown[]) => unknown
        return [`${name}.${method}`, (...args: unknown[]) => call.apply(resource, args)] as [string, typeof call]
      })
  })
}

/** Whatever a call gives, to its end. */
async function exhaust(call: () => unknown): Promise<unknown> {
  try {
    const result = call()
    if (typeof result === 'object' && result !== null && Symbol.asyncIterator in result) {
      const iterator = (result as AsyncIterable<unknown>)[Symbol.asyncIterator]()
      await iterator.next()
      await iterator.return?.()
      return undefined
    }
    return await result
  } catch (error) {
    return error
  }
}

const names = methodsOf(new BiomajClient({url: new URL('http://x')})).map(([name]) => name)
const text = fc.oneof(fc.constantFrom('alu', 'biomaj', '2026-11-21', 'on', 'status'), fc.string({maxLength: 8}))
const argument = fc.oneof(
  text,
  fc.boolean(),
  fc.constant(undefined),
  fc.record(
    {
      limit: fc.nat(),
      lines: fc.nat(),
      force: fc.boolean(),
      publish: fc.boolean(),
      release: text,
      user: text,
      password: text.map(each => new Secret(each)),
      session: text,
      offset: fc.nat(),
      timeoutMs: fc.constant(2000),
      attempts: fc.constant(1),
    },
    {requiredKeys: ['timeoutMs', 'attempts']},
  ),
)

describe('a client that only reads', () => {
  it('sends nothing that would change the cluster, whatever is called', async () => {
    const calls = fc.array(fc.tuple(fc.constantFrom(...names), fc.array(argument, {maxLength: 4})), {minLength: 1})
    await fc.assert(
      fc.asyncProperty(calls, async chosen => {
        const methods = new Map(methodsOf(client(true)))
        for (const [name, args] of chosen) await exhaust(() => methods.get(name)?.(...args))
        expect(seen.filter(request => changesSomething(request))).toEqual([])
      }),
      {numRuns: 150},
    )
    expect(seen.length).toBeGreaterThan(50)
  })

  it.for([
    ['banks.update', ['alu', {}]],
    ['banks.cancel', ['alu']],
    ['releases.publish', ['alu', '1']],
    ['releases.unpublish', ['alu']],
    ['releases.freeze', ['alu', '1']],
    ['releases.unfreeze', ['alu', '1']],
    ['releases.remove', ['alu', '1']],
    ['releases.removeAll', ['alu', {force: true}]],
    ['releases.removePending', ['alu', '1']],
    ['releases.repair', ['alu', '1']],
    ['daemon.setMaintenance', [true]],
  ] as const)('refuses %s, which any other client sends', async ([name, args]) => {
    const call = async (readOnly: boolean) => new Map(methodsOf(client(readOnly))).get(name)?.(...args)
    expect(await failureOf(call(true))).toMatchObject({
      code: 'read_only',
      message: expect.stringMatching(/^Not sent, because this client only reads: POST \/api\/daemon \{\w+(, \w+)*\}$/),
    })
    expect(seen).toEqual([])
    await call(false)
    expect(seen.map(request => changesSomething(request))).toEqual([true])
  })

  it('still signs in, looks, and says that it only reads', async () => {
    const cluster = client(true)
    expect(cluster.readOnly).toBe(true)
    for (const call of [
      async () => cluster.account.aboutMe({user: 'jane', password: new Secret('x')}),
      async () => cluster.banks.get('alu'),
      async () => cluster.banks.check('alu'),
      async () => cluster.banks.sizes(),
      async () => cluster.daemon.locks(),
      async () => cluster.history.list({limit: 1}),
      async () => cluster.account.keyState(),
    ]) {
      await exhaust(call)
    }
    expect(seen).toHaveLength(7)
  })
})

describe('what counts as reading', () => {
  it.for([
    ['PUT', '/api/daemon/bank/alu/publish', {}],
    ['DELETE', '/api/daemon/bank/alu', {all: true}],
    ['POST', '/api/daemon/maintenance', {}],
    ['POST', '/api/daemon/bank/alu', {}],
    ['POST', '/api/daemon', {}],
    ['POST', '/api/daemon', undefined],
    ['POST', '/api/daemon', {options: {}}],
    ['POST', '/api/daemon', {options: {status: true, visibility: 'private'}}],
    ['POST', '/api/daemon', {options: {status: true, unheardOf: true}}],
    ['POST', '/api/daemon', {options: {maintenance: 'status'}}],
  ] as const)('is not %j', ([method, route, body]) => {
    expect(() => requireRead(method, route, body)).toThrow(BiomajError)
  })

  it('is no reading that names a writing option, whatever else is set', () => {
    const writes = actionsOfBiomaj.filter(name => !readsOfBiomaj.has(name))
    const options = fc.dictionary(
      fc.constantFrom(...actionsOfBiomaj, 'bank', 'release', 'proxy', 'json'),
      fc.oneof(fc.boolean(), fc.constantFrom('alu', '', null, 0, 1)),
    )
    fc.assert(
      fc.property(options, fc.constantFrom(...writes), (others, write) => {
        expect(() => requireRead('POST', '/api/daemon', {options: {...others, [write]: true}})).toThrow(BiomajError)
      }),
    )
  })
})
