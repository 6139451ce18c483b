import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {BiomajClient} from '../../src/api/index.js'
import type {Socket} from 'node:net'
import {type FaultProxy, startFaultProxy} from '../support/fault-proxy/index.js'
import {json, type LocalServer, pong, Servers, startServer, startTcpServer} from './server.js'
import {failureOf, linesOf} from './calls.js'

const servers = new Servers()
let proxy: FaultProxy
let client: BiomajClient

beforeEach(async () => {
  const cluster = servers.keep(
    await startServer((request, response) => {
      if (request.method === 'POST') json(response, {status: true, msg: null})
      else if (request.url?.includes('/log/'))
        response.setHeader('content-type', 'text/plain').end('one\ntwo\n##END_OF_LOG')
      else pong(request, response)
    }),
  )
  proxy = await startFaultProxy({target: cluster.url.href})
  client = new BiomajClient({url: new URL(proxy.url)})
})

afterEach(async () => {
  await proxy.stop()
  await servers.closeAll()
})

/** Answers the first request of each connection and resets it at the second: the client could not know. */
async function startForgetful(): Promise<{server: LocalServer; heard: string[]}> {
  const heard: string[] = []
  const answered = new WeakSet<Socket>()
  const server = await startTcpServer(socket => {
    socket.on('data', (bytes: Buffer) => {
      const [line = ''] = bytes.toString('latin1').split(' HTTP/')
      if (!/^(GET|POST) /.test(line)) return
      heard.push(line)
      if (answered.has(socket)) {
        socket.resetAndDestroy()
        return
      }
      answered.add(socket)
      const body = line.startsWith('POST') ? '{"status":true,"msg":null}' : '{"msg":"pong"}'
      socket.write(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: keep-alive\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      )
    })
  })
  return {server: servers.keep(server), heard}
}

describe('a GET', () => {
  it.for(['hang-up', 'reset', 'truncate'] as const)('is sent again after %s', async kind => {
    proxy.inject({kind}, {nth: [1, 2]})
    await client.daemon.ping()
    expect(proxy.requests).toHaveLength(3)
  })

  it.for([429, 502, 503, 504])('is sent again after HTTP %d', async status => {
    proxy.inject({kind: 'status', status}, {nth: 1})
    await client.daemon.ping()
    expect(proxy.requests).toHaveLength(2)
  })

  it('fails after three attempts', async () => {
    proxy.inject({kind: 'hang-up'})
    expect(await failureOf(client.daemon.ping())).toMatchObject({
      code: 'unreachable',
      message: `Cannot reach ${new URL(proxy.url).origin}: the connection broke`,
    })
    expect(proxy.requests).toHaveLength(3)
  })

  it('fails after as many attempts as the caller wants', async () => {
    proxy.inject({kind: 'hang-up'})
    expect(await failureOf(client.daemon.ping({attempts: 1}))).toMatchObject({code: 'unreachable'})
    expect(proxy.requests).toHaveLength(1)
  })

  it('is not sent again when the pause would end after the deadline', async () => {
    proxy.inject({kind: 'hang-up'})
    expect(await failureOf(client.daemon.ping({timeoutMs: 150}))).toMatchObject({code: 'unreachable'})
    expect(proxy.requests).toHaveLength(1)
  })

  it.for([
    [{kind: 'status', status: 500}, 'server_error'],
    [{kind: 'status', status: 404}, 'protocol'],
    [{kind: 'captive-portal'}, 'protocol'],
    [{kind: 'redirect', to: 'cross-origin'}, 'redirect_refused'],
  ] as const)('is not sent again after %j', async ([fault, code]) => {
    proxy.inject(fault)
    expect(await failureOf(client.daemon.ping())).toMatchObject({code})
    expect(proxy.requests).toHaveLength(1)
  })

  it('is not sent again after a time-out', async () => {
    proxy.inject({kind: 'silence'})
    expect(await failureOf(client.daemon.ping({timeoutMs: 100}))).toMatchObject({code: 'timeout'})
    expect(proxy.requests).toHaveLength(1)
  })

  it('of a log is not sent again once lines may have been read', async () => {
    proxy.inject({kind: 'reset'})
    expect(await failureOf(linesOf(client.logs.tail('alu', {lines: 2})))).toMatchObject({code: 'unreachable'})
    expect(proxy.requests).toHaveLength(1)
  })

  it('of a log is sent again while nothing was answered', async () => {
    proxy.inject({kind: 'hang-up'}, {nth: 1})
    expect(await linesOf(client.logs.tail('alu', {lines: 2}))).toEqual(['one', 'two'])
  })

  it('of a cluster that refuses connections comes through when it accepts them again', async () => {
    await proxy.refuse()
    const call = client.daemon.ping()
    await proxy.accept()
    expect(await call).toBeUndefined()
  })
})

describe('a POST', () => {
  it.for(['hang-up', 'reset', 'truncate', 'lose-answer'] as const)('is sent once: %s', async kind => {
    proxy.inject({kind})
    expect(await failureOf(client.banks.update('alu'))).toMatchObject({code: 'unreachable'})
    expect(proxy.requests).toHaveLength(1)
  })

  it.for([502, 503])('is sent once: HTTP %d', async status => {
    proxy.inject({kind: 'status', status})
    expect(await failureOf(client.banks.update('alu', {}, {attempts: 9}))).toMatchObject({code: 'unreachable'})
    expect(proxy.requests).toHaveLength(1)
  })

  it('is sent once though it only reads', async () => {
    proxy.inject({kind: 'hang-up'})
    expect(await failureOf(client.history.list({limit: 1}))).toMatchObject({code: 'unreachable'})
    expect(proxy.requests).toHaveLength(1)
  })
})

describe('a connection that the server closes between two requests', () => {
  it('is not noticed by a GET, though it may not be repeated', async () => {
    const {server, heard} = await startForgetful()
    const forgetful = new BiomajClient({url: server.url})
    await forgetful.daemon.ping({attempts: 1})
    await forgetful.daemon.ping({attempts: 1})
    expect(heard).toEqual(['GET /api/daemon', 'GET /api/daemon', 'GET /api/daemon'])
    expect(server.sockets).toHaveLength(2)
  })

  it('is never used by a POST, which arrives once', async () => {
    const {server, heard} = await startForgetful()
    const forgetful = new BiomajClient({url: server.url})
    await forgetful.daemon.ping()
    await forgetful.banks.update('alu')
    await forgetful.banks.update('alu')
    expect(heard).toEqual(['GET /api/daemon', 'POST /api/daemon', 'POST /api/daemon'])
    expect(server.sockets).toHaveLength(3)
  })
})

it('uses one connection for GETs in a row', async () => {
  const server = servers.keep(await startServer(pong))
  const steady = new BiomajClient({url: server.url})
  for (let count = 0; count < 5; count++) await steady.daemon.ping()
  expect(server.sockets).toHaveLength(1)
})
