import {once} from 'node:events'
import {createServer} from 'node:http'
import type {Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {connect} from 'node:net'
import {gunzipSync} from 'node:zlib'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {startFaultProxy} from '../fault-proxy/index.js'
import type {Fault, FaultProxy} from '../fault-proxy/index.js'

let cluster: Server
let asked: string[]
let proxy: FaultProxy

beforeEach(async () => {
  asked = []
  cluster = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`)
    response.writeHead(200, {'content-type': 'application/json'}).end('{"msg": "pong"}')
  }).listen(0, '127.0.0.1')
  await once(cluster, 'listening')
  proxy = await startFaultProxy({target: `http://127.0.0.1:${(cluster.address() as AddressInfo).port}`, seed: 7})
})

afterEach(async () => {
  await proxy.stop()
  cluster.closeAllConnections()
  cluster.close()
  await once(cluster, 'close')
})

async function ask(path = '/api/daemon', init?: RequestInit): Promise<Response> {
  return await fetch(`${proxy.url}${path}`, {signal: AbortSignal.timeout(5000), ...init})
}

/** The system's error code behind a failed fetch. */
async function failureOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  )
  const root = error instanceof Error && error.cause instanceof Error ? error.cause : error
  if (!(root instanceof Error)) return 'no failure'
  return 'code' in root && typeof root.code === 'string' ? root.code : root.name
}

async function statusesOf(count: number): Promise<number[]> {
  const statuses: number[] = []
  for (let index = 0; index < count; index += 1) statuses.push((await ask()).status)
  return statuses
}

describe('without faults', () => {
  it('passes everything on and logs method, path, headers and body', async () => {
    const response = await ask('/api/daemon?x=1', {method: 'POST', body: '{"a":1}', headers: {'x-api-key': 'KEY'}})
    expect(await response.json()).toEqual({msg: 'pong'})
    expect(proxy.requests).toMatchObject([
      {method: 'POST', path: '/api/daemon?x=1', body: '{"a":1}', fault: undefined, reachedCluster: true},
    ])
    expect(proxy.requests[0]?.headers['x-api-key']).toBe('KEY')
  })

  it('answers 502 when the cluster is gone', async () => {
    cluster.close()
    await once(cluster, 'close')
    expect((await ask()).status).toBe(502)
  })
})

describe('connections', () => {
  it('refuses, and accepts again on the same port', async () => {
    const before = proxy.url
    await proxy.refuse()
    expect(await failureOf(ask())).toBe('ECONNREFUSED')
    await proxy.accept()
    expect(proxy.url).toBe(before)
    expect((await ask()).status).toBe(200)
  })

  it('hangs up before an answer', async () => {
    proxy.inject({kind: 'hang-up'})
    expect(await failureOf(ask())).toBe('ECONNRESET')
    expect(asked).toEqual([])
  })

  it('resets in the middle of an answer', async () => {
    proxy.inject({kind: 'reset'})
    const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1')
    socket.write('GET /api/daemon HTTP/1.1\r\nHost: x\r\n\r\n')
    const [[head], [error]] = await Promise.all([once(socket, 'data'), once(socket, 'error')])
    expect(String(head)).toContain('200 OK')
    expect(error).toMatchObject({code: 'ECONNRESET'})
  })

  it('loses the answer after the cluster did the work', async () => {
    proxy.inject({kind: 'lose-answer'}, {method: 'POST'})
    expect(await failureOf(ask('/api/daemon', {method: 'POST', body: '{}'}))).toBe('ECONNRESET')
    expect(asked).toEqual(['POST /api/daemon'])
    expect(proxy.requests[0]).toMatchObject({fault: 'lose-answer', reachedCluster: true})
  })

  it('stays silent', async () => {
    proxy.inject({kind: 'silence'})
    expect(await failureOf(ask('/', {signal: AbortSignal.timeout(50)}))).toBe('TimeoutError')
  })

  it('waits before it goes on', async () => {
    proxy.inject({kind: 'latency', delayMs: 80})
    proxy.inject({kind: 'status', status: 503})
    const startedAt = performance.now()
    expect((await ask()).status).toBe(503)
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(75)
  })
})

describe('bodies', () => {
  it('ends before the length it claims', async () => {
    proxy.inject({kind: 'truncate'})
    const response = await ask()
    expect(await failureOf(response.text())).toBe('UND_ERR_RES_CONTENT_LENGTH_MISMATCH')
  })

  it('claims a length that is too short', async () => {
    proxy.inject({kind: 'wrong-length'})
    const response = await ask()
    expect(response.headers.get('content-length')).toBe('7')
    expect(await response.text()).toBe('{"msg":')
  })

  it.each<[Fault, number, string, RegExp]>([
    [{kind: 'status', status: 502}, 502, 'text/html; charset=utf-8', /<h1>Bad Gateway<\/h1>/],
    [{kind: 'status', status: 503, headers: {'retry-after': '2'}, body: 'x'}, 503, 'text/html; charset=utf-8', /^x$/],
    [{kind: 'captive-portal'}, 200, 'text/html; charset=utf-8', /Sign in/],
    [{kind: 'empty-object'}, 200, 'application/json', /^{}$/],
    [{kind: 'answer', body: '[1]'}, 200, 'application/json', /^\[1\]$/],
    [{kind: 'content-type', value: 'text/plain'}, 200, 'text/plain', /pong/],
    [{kind: 'invalid-utf8'}, 200, 'application/json', /\uFFFD/],
  ])('%o', async (fault, status, contentType, body) => {
    proxy.inject(fault)
    const response = await ask()
    expect([response.status, response.headers.get('content-type')]).toEqual([status, contentType])
    expect(await response.text()).toMatch(body)
  })

  it('drips for ever', async () => {
    proxy.inject({kind: 'drip', intervalMs: 2})
    const response = await ask()
    let bytes = 0
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length
      if (bytes > 5) break
    }
    expect(bytes).toBeGreaterThan(5)
  })

  it('sends a small body that inflates to a large one', async () => {
    proxy.inject({kind: 'gzip-bomb'})
    const packed = await new Promise<Buffer>((resolve, reject) => {
      const chunks: Buffer[] = []
      const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1')
      socket.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
      socket.on('data', chunk => chunks.push(chunk))
      socket.on('error', reject)
      socket.on('end', () => {
        const all = Buffer.concat(chunks)
        resolve(all.subarray(all.indexOf('\r\n\r\n') + 4))
      })
    })
    expect(packed.length).toBeLessThan(200_000)
    expect(gunzipSync(packed).length).toBeGreaterThan(64 * 1_048_576)
  })

  it('pours JSON until the client has enough', async () => {
    proxy.inject({kind: 'huge-json', megabytes: 3})
    const whole = await (await ask()).text()
    expect(whole.length).toBeGreaterThan(3 * 1_048_576)
    expect(() => JSON.parse(whole) as unknown).not.toThrow()
  })
})

describe('redirects', () => {
  it('leads to the answer on the same origin', async () => {
    proxy.inject({kind: 'redirect', to: 'same-origin'})
    const response = await ask()
    expect([response.redirected, response.status]).toEqual([true, 200])
    expect(asked).toEqual(['GET /api/daemon'])
  })

  it('leads to another origin, which records what it is sent', async () => {
    proxy.inject({kind: 'redirect', to: 'cross-origin', status: 307})
    await ask('/api/daemon', {headers: {'x-api-key': 'KEY'}})
    expect(proxy.elsewhere.requests).toMatchObject([{path: '/api/daemon', headers: {'x-api-key': 'KEY'}}])
    expect(new URL(proxy.elsewhere.url).origin).not.toBe(new URL(proxy.url).origin)
  })

  it('leads in a circle', async () => {
    proxy.inject({kind: 'redirect', to: 'loop'})
    await expect(ask()).rejects.toThrow('fetch failed')
    expect(proxy.requests.length).toBeGreaterThan(5)
  })
})

describe('which requests', () => {
  it('meets only the route and method', async () => {
    proxy.inject({kind: 'status', status: 500}, {route: '/api/daemon/bank', method: 'GET'})
    proxy.inject({kind: 'status', status: 503}, {route: /history$/})
    expect((await ask('/api/daemon/bank/x')).status).toBe(500)
    expect((await ask('/api/daemon/history')).status).toBe(503)
    expect((await ask('/api/daemon/bank', {method: 'POST'})).status).toBe(200)
    expect((await ask()).status).toBe(200)
  })

  it('meets only the n-th', async () => {
    proxy.inject({kind: 'status', status: 500}, {nth: [2, 4]})
    expect(await statusesOf(5)).toEqual([200, 500, 200, 500, 200])
  })

  it('meets the same ones for the same seed', async () => {
    proxy.inject({kind: 'status', status: 500}, {probability: 0.5})
    const first = await statusesOf(20)
    await proxy.stop()
    proxy = await startFaultProxy({target: 'http://127.0.0.1:1', seed: 7})
    proxy.inject({kind: 'status', status: 500}, {probability: 0.5})
    const second = await statusesOf(20)
    expect(new Set(first)).toEqual(new Set([200, 500]))
    expect(second.map(status => status === 500)).toEqual(first.map(status => status === 500))
  })

  it('can be changed while it runs', async () => {
    const remove = proxy.inject({kind: 'status', status: 500})
    expect(await statusesOf(1)).toEqual([500])
    remove()
    expect(await statusesOf(1)).toEqual([200])
    proxy.inject({kind: 'status', status: 500})
    await proxy.heal()
    expect(await statusesOf(1)).toEqual([200])
  })
})

it('waits for a request that is still to come', async () => {
  const awaited = proxy.waitForRequest(request => request.path === '/late')
  await ask('/late')
  expect(await awaited).toMatchObject({path: '/late'})
  await expect(proxy.waitForRequest(request => request.path === '/never', 10)).rejects.toThrow('There were: GET /late')
})
