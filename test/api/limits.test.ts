import {createGzip} from 'node:zlib'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {BiomajClient} from '../../src/api/index.js'
import {type FaultProxy, startFaultProxy} from '../support/fault-proxy/index.js'
import {failureOf, linesOf} from './calls.js'
import {pong, Servers, startServer, startTcpServer} from './server.js'

const servers = new Servers()
let proxy: FaultProxy
let client: BiomajClient

beforeEach(async () => {
  const cluster = servers.keep(await startServer(pong))
  proxy = await startFaultProxy({target: cluster.url.href})
  client = new BiomajClient({url: new URL(proxy.url)})
})

afterEach(async () => {
  await proxy.stop()
  await servers.closeAll()
})

async function lasted(call: Promise<unknown>): Promise<number> {
  const started = performance.now()
  await call
  return performance.now() - started
}

describe('the deadline', () => {
  it.for([{kind: 'silence'}, {kind: 'drip', intervalMs: 20}] as const)('ends %j', async fault => {
    proxy.inject(fault)
    const call = failureOf(client.daemon.ping({timeoutMs: 300}))
    expect(await lasted(call)).toBeLessThan(2000)
    expect(await call).toMatchObject({
      code: 'timeout',
      message: `No whole answer from ${proxy.url} to GET /api/daemon in time`,
    })
  })

  it('ends a POST whose answer drips', async () => {
    proxy.inject({kind: 'drip', intervalMs: 20})
    expect(await failureOf(client.banks.update('alu', {}, {timeoutMs: 300}))).toMatchObject({code: 'timeout'})
    expect(proxy.requests).toHaveLength(1)
  })

  it('is that of the client where the call has none', async () => {
    proxy.inject({kind: 'silence'})
    const hasty = new BiomajClient({url: new URL(proxy.url), requestTimeoutMs: 100})
    expect(await failureOf(hasty.daemon.ping())).toMatchObject({code: 'timeout'})
  })

  it('holds for all redirects together', async () => {
    proxy.inject({kind: 'latency', delayMs: 200})
    proxy.inject({kind: 'redirect', to: 'loop'})
    const call = failureOf(client.daemon.ping({timeoutMs: 500}))
    expect(await lasted(call)).toBeLessThan(1000)
    expect(await call).toMatchObject({code: 'timeout'})
  })

  it('holds for all attempts together', async () => {
    proxy.inject({kind: 'hang-up'}, {nth: 1})
    proxy.inject({kind: 'silence'})
    const call = failureOf(client.daemon.ping({timeoutMs: 600}))
    expect(await lasted(call)).toBeLessThan(1100)
    expect(await call).toMatchObject({code: 'timeout'})
    expect(proxy.requests).toHaveLength(2)
  })

  it('ends a log that nobody reads on', async () => {
    const server = servers.keep(
      await startServer((_, response) => {
        response.writeHead(200, {'content-type': 'text/plain'}).write('one\ntwo\n')
      }),
    )
    const lines = new BiomajClient({url: server.url}).logs.tail('alu', {lines: 2, timeoutMs: 300})
    expect(await failureOf(linesOf(lines))).toMatchObject({code: 'timeout'})
    await server.allClosed()
  })

  it('may be longer than a timer of Node can count', async () => {
    await expect(client.daemon.ping({timeoutMs: 2 ** 40})).resolves.toBeUndefined()
    await expect(client.daemon.ping({timeoutMs: Number.POSITIVE_INFINITY})).resolves.toBeUndefined()
  })
})

describe('the size', () => {
  const megabyte = 1024 * 1024

  it.for([{kind: 'huge-json'}, {kind: 'gzip-bomb'}] as const)('ends %j', async fault => {
    proxy.inject(fault)
    expect(await failureOf(client.daemon.ping())).toMatchObject({
      code: 'response_too_large',
      message: 'The answer to GET /api/daemon is larger than 64 MiB',
    })
    expect(proxy.requests).toHaveLength(1)
  })

  it.for([
    // What is under way in sockets comes on top of 64 MiB; packed, that is a lot more.
    ['plain', false, 96],
    ['packed', true, 8192],
  ] as const)('ends a body without end: %s', async ([, packed, most]) => {
    let poured = 0
    const server = servers.keep(
      await startServer((_, response) => {
        response.writeHead(200, {'content-type': 'application/json', ...(packed ? {'content-encoding': 'gzip'} : {})})
        const chunk = Buffer.alloc(megabyte, ' ')
        const target = packed ? createGzip({level: 1}) : response
        if (target !== response) target.pipe(response)
        const pour = (): void => {
          while (!response.destroyed) {
            poured += 1
            if (!target.write(chunk)) {
              target.once('drain', pour)
              return
            }
          }
        }
        pour()
      }),
    )
    const before = process.memoryUsage().rss
    expect(await failureOf(new BiomajClient({url: server.url}).daemon.ping())).toMatchObject({
      code: 'response_too_large',
    })
    await server.allClosed()
    expect(poured).toBeLessThan(most)
    expect((process.memoryUsage().rss - before) / megabyte).toBeLessThan(400)
  })

  it('reads only the beginning of an error page', async () => {
    let poured = 0
    const server = servers.keep(
      await startServer((_, response) => {
        response.writeHead(500, {'content-type': 'text/html'})
        response.write('<h1>Internal Server Error</h1><p>Not authorized, bank owned by jane</p>')
        const pour = (): void => {
          if (response.destroyed) return
          poured += 1
          response.write(Buffer.alloc(megabyte, '<p>'), pour)
        }
        pour()
      }),
    )
    expect(await failureOf(new BiomajClient({url: server.url}).banks.list())).toMatchObject({code: 'forbidden'})
    await server.allClosed()
    expect(poured).toBeLessThan(32)
  })

  it.for(['<p>', '<', '<p><', '<p></', '&#39;', ' '])('reads an error page of nothing but %j at once', async part => {
    proxy.inject({kind: 'status', status: 500, body: part.repeat(64 * 1024)})
    const call = failureOf(client.daemon.ping())
    expect(await lasted(call)).toBeLessThan(500)
    expect(await call).toMatchObject({code: 'server_error'})
  })
})

describe('a body that is not what it should be', () => {
  it.for([
    ['empty-object', {kind: 'empty-object'}, 'Unexpected answer to GET /api/daemon: msg: Invalid input'],
    ['a list', {kind: 'answer', body: '[]'}, 'Unexpected answer to GET /api/daemon: the body: Invalid input'],
    ['null', {kind: 'answer', body: 'null'}, 'Unexpected answer to GET /api/daemon: the body: Invalid input'],
    ['a login page', {kind: 'captive-portal'}, '{origin} answered GET /api/daemon with an HTML page'],
    ['nothing', {kind: 'answer', body: ''}, '{origin} answered GET /api/daemon with an empty body'],
    ['blanks', {kind: 'answer', body: ' \n'}, '{origin} answered GET /api/daemon with an empty body'],
    ['text', {kind: 'answer', body: 'pong'}, '{origin} answered GET /api/daemon with something that is not JSON'],
    ['half', {kind: 'wrong-length'}, '{origin} answered GET /api/daemon with something that is not HTTP'],
    ['other bytes', {kind: 'invalid-utf8'}, '{origin} answered GET /api/daemon with bytes that are not UTF-8'],
  ] as const)('is a protocol error: %s', async ([, fault, message]) => {
    proxy.inject(fault)
    expect(await failureOf(client.daemon.ping())).toMatchObject({
      code: 'protocol',
      message: message.replace('{origin}', proxy.url),
    })
  })

  it('names the field of an RPC', async () => {
    proxy.inject({kind: 'empty-object'})
    expect(await failureOf(client.banks.get('alu'))).toMatchObject({
      code: 'protocol',
      message: 'Unexpected answer to POST /api/daemon: status: Invalid input',
    })
  })

  it('is a protocol error: 204', async () => {
    const server = servers.keep(await startServer((_, response) => response.writeHead(204).end()))
    expect(await failureOf(new BiomajClient({url: server.url}).daemon.ping())).toMatchObject({
      code: 'protocol',
      message: `${server.url.origin} answered GET /api/daemon with an empty body`,
    })
  })

  it('is a protocol error: gzip that is none', async () => {
    const server = servers.keep(
      await startServer((_, response) => response.writeHead(200, {'content-encoding': 'gzip'}).end('{"msg":"pong"}')),
    )
    expect(await failureOf(new BiomajClient({url: server.url}).daemon.ping())).toMatchObject({
      code: 'protocol',
      message: `${server.url.origin} answered GET /api/daemon with a body that cannot be unpacked`,
    })
  })

  it('is a protocol error: a server that speaks something else', async () => {
    const server = servers.keep(await startTcpServer(socket => socket.end('SSH-2.0-OpenSSH_9.2\r\n')))
    expect(await failureOf(new BiomajClient({url: server.url}).daemon.ping())).toMatchObject({
      code: 'protocol',
      message: `${server.url.origin} answered GET /api/daemon with something that is not HTTP`,
    })
  })

  it.for([
    ['the answer was cut short', 'content-length: 99\r\n', '{"msg":"pong"}'],
    ['the connection broke', 'transfer-encoding: chunked\r\n', 'e\r\n{"msg":"pong"}\r\n'],
  ])('is no success when it is cut short, though it is JSON: %s', async ([words = '', header = '', body = '']) => {
    const server = servers.keep(
      await startTcpServer(socket => {
        socket.once('data', () =>
          socket.end(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n${header}connection: close\r\n\r\n${body}`),
        )
      }),
    )
    expect(await failureOf(new BiomajClient({url: server.url}).daemon.ping({attempts: 1}))).toMatchObject({
      code: 'unreachable',
      message: `Cannot reach ${server.url.origin}: ${words}`,
    })
  })

  it('is no whole log when it is cut short', async () => {
    const server = servers.keep(
      await startTcpServer(socket => {
        socket.once('data', () =>
          socket.end('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 99\r\n\r\none\ntwo\n'),
        )
      }),
    )
    const lines = new BiomajClient({url: server.url}).logs.tail('alu', {lines: 2})
    expect(await failureOf(linesOf(lines))).toMatchObject({code: 'unreachable'})
  })
})
