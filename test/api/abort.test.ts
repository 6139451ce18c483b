import {getEventListeners, once} from 'node:events'
import {setImmediate as nextTurn} from 'node:timers/promises'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {BiomajClient} from '../../src/api/index.js'
import {Transport} from '../../src/api/transport.js'
import {failureOf, linesOf} from './calls.js'
import {type LocalServer, pong, Servers, startServer, startTcpServer} from './server.js'

const servers = new Servers()
const uncaught: unknown[] = []
const note = (error: unknown) => uncaught.push(error)

beforeEach(() => {
  uncaught.length = 0
  process.on('uncaughtException', note).on('unhandledRejection', note)
})

afterEach(async () => {
  await servers.closeAll()
  await nextTurn()
  process.off('uncaughtException', note).off('unhandledRejection', note)
  if (uncaught.length > 0) throw new AggregateError(uncaught, 'Errors that nobody caught')
})

/** Aborts and gives what the call rejects with, if it does so at once. */
async function abortedWith(call: Promise<unknown>, controller: AbortController, reason: unknown): Promise<unknown> {
  let outcome: unknown = 'still waiting'
  const settled = call.then(
    () => (outcome = 'resolved'),
    (error: unknown) => (outcome = error),
  )
  controller.abort(reason)
  await nextTurn()
  const atOnce = outcome
  await settled
  return atOnce
}

async function firstSocket(server: LocalServer): Promise<void> {
  await expect.poll(() => server.sockets.length).toBeGreaterThan(0)
}

describe('a call that is aborted', () => {
  it('before it began asks nobody', async () => {
    const server = servers.keep(await startServer(pong))
    const reason = new Error('enough')
    const client = new BiomajClient({url: server.url})
    await expect(client.daemon.ping({signal: AbortSignal.abort(reason)})).rejects.toBe(reason)
    await expect(linesOf(client.logs.tail('alu', {lines: 1, signal: AbortSignal.abort(reason)}))).rejects.toBe(reason)
    expect(server.sockets).toEqual([])
  })

  it('while it connects closes the connection', async () => {
    const server = servers.keep(await startTcpServer(socket => void socket.resume()))
    const controller = new AbortController()
    const reason = new Error('enough')
    // A TLS handshake that the other side never answers.
    const client = new BiomajClient({url: new URL(`https://127.0.0.1:${server.port}`)})
    const call = client.daemon.ping({signal: controller.signal})
    await firstSocket(server)
    expect(await abortedWith(call, controller, reason)).toBe(reason)
    await server.allClosed()
  })

  it.for(['GET', 'POST'])('while it waits for the answer to a %s closes the connection', async method => {
    const server = servers.keep(await startServer(() => undefined))
    const controller = new AbortController()
    const reason = new Error('enough')
    const client = new BiomajClient({url: server.url})
    const {signal} = controller
    const call = method === 'GET' ? client.daemon.ping({signal}) : client.banks.update('alu', {}, {signal})
    await expect.poll(() => server.requests.length).toBe(1)
    expect(await abortedWith(call, controller, reason)).toBe(reason)
    await server.allClosed()
    expect(server.requests).toHaveLength(1)
  })

  it('while the body arrives closes the connection', async () => {
    const exchanges: string[] = []
    const server = servers.keep(await startServer((_, response) => response.writeHead(200).write('{"msg":')))
    const controller = new AbortController()
    const reason = new Error('enough')
    const client = new BiomajClient({url: server.url, onExchange: line => exchanges.push(line)})
    const call = client.daemon.ping({signal: controller.signal})
    await expect.poll(() => exchanges.length).toBe(1)
    expect(await abortedWith(call, controller, reason)).toBe(reason)
    await server.allClosed()
  })

  it('while lines of a log arrive closes the connection', async () => {
    const server = servers.keep(
      await startServer((_, response) => response.writeHead(200, {'content-type': 'text/plain'}).write('1\n2\n3\n')),
    )
    const controller = new AbortController()
    const reason = new Error('enough')
    const lines = new BiomajClient({url: server.url}).logs.tail('alu', {lines: 9, signal: controller.signal})
    expect(await lines.next()).toEqual({done: false, value: '1'})
    const rest = linesOf(lines)
    expect(await abortedWith(rest, controller, reason)).toBe(reason)
    await server.allClosed()
  })

  it('while it pauses before the next attempt sends no more', async () => {
    const exchanges: string[] = []
    const server = servers.keep(await startServer((request, response) => response.writeHead(503).end(request.url)))
    const controller = new AbortController()
    const reason = new Error('enough')
    const client = new BiomajClient({url: server.url, onExchange: line => exchanges.push(line)})
    const call = client.daemon.ping({signal: controller.signal})
    await expect.poll(() => exchanges.length).toBe(1)
    await nextTurn()
    expect(await abortedWith(call, controller, reason)).toBe(reason)
    expect(server.requests).toHaveLength(1)
  })

  it.for(['a word', 7, null, {code: 'interrupted'}])('rejects with the reason itself: %j', async reason => {
    const server = servers.keep(await startServer(() => undefined))
    const controller = new AbortController()
    const call = new BiomajClient({url: server.url}).daemon.ping({signal: controller.signal})
    await firstSocket(server)
    expect(await abortedWith(call, controller, reason)).toBe(reason)
  })

  it('by a timer rejects with what that timer gives, not with a time-out of ours', async () => {
    const server = servers.keep(await startServer(() => undefined))
    const client = new BiomajClient({url: server.url})
    await expect(client.daemon.ping({signal: AbortSignal.timeout(50)})).rejects.toMatchObject({name: 'TimeoutError'})
  })
})

describe('a signal that outlives its calls', () => {
  it('keeps no listener of any of them', async () => {
    const server = servers.keep(
      await startServer((request, response) => {
        if (request.url === '/api/daemon') pong(request, response)
        else if (request.url === '/api/daemon/bank') response.socket?.resetAndDestroy()
        else if (request.url === '/api/daemon/whatsup') response.writeHead(302, {location: '/api/daemon'}).write('on')
        else if (request.url?.includes('/log/')) response.setHeader('content-type', 'text/plain').end('1\n2\n3\n4\n')
        else response.writeHead(500).end('<p>no</p>')
      }),
    )
    const {signal} = new AbortController()
    const client = new BiomajClient({url: server.url})
    for (let count = 0; count < 12; count++) {
      await client.daemon.ping({signal})
      await failureOf(client.banks.list({signal, attempts: 1}))
      await failureOf(client.daemon.activity({signal}))
      await failureOf(client.daemon.services({signal}))
      await failureOf(client.banks.update('alu', {}, {signal}))
      for await (const line of client.logs.tail('alu', {lines: 4, signal})) if (line === '2') break
    }
    await expect.poll(() => getEventListeners(signal, 'abort').length).toBe(0)
  })
})

describe('an answer that nobody reads', () => {
  it.for(['reset', 'deadline', 'abort'])('ends no process when it breaks off: %s', async how => {
    const server = servers.keep(
      await startServer((_, response) => {
        response.writeHead(200, {'content-type': 'text/plain', 'content-length': 1000}).write('one\n')
      }),
    )
    const controller = new AbortController()
    const transport = new Transport({url: server.url})
    await transport.stream('/api/daemon/bank/alu/log/1', {
      signal: controller.signal,
      ...(how === 'deadline' ? {timeoutMs: 100} : {}),
    })
    const closed = server.sockets[0] ? once(server.sockets[0], 'close') : undefined
    if (how === 'reset') server.sockets[0]?.resetAndDestroy()
    if (how === 'abort') controller.abort(new Error('enough'))
    await closed
    await nextTurn()
    expect(uncaught).toEqual([])
    expect(server.sockets).toHaveLength(1)
  })

  it('gives its error to whoever reads it late', async () => {
    const server = servers.keep(
      await startServer((_, response) => {
        response.writeHead(200, {'content-type': 'text/plain', 'content-length': 1000}).write('one\n')
      }),
    )
    const transport = new Transport({url: server.url})
    const {chunks} = await transport.stream('/api/daemon/bank/alu/log/1')
    server.sockets[0]?.resetAndDestroy()
    await server.allClosed()
    await nextTurn()
    const reading = (async () => {
      for await (const chunk of chunks) expect(chunk.toString()).toBe('one\n')
    })()
    expect(await failureOf(reading)).toMatchObject({code: 'unreachable'})
  })
})

it('closes the connection of a log that is not read to its end', async () => {
  const server = servers.keep(
    await startServer((_, response) => response.writeHead(200, {'content-type': 'text/plain'}).write('1\n2\n3\n')),
  )
  for await (const line of new BiomajClient({url: server.url}).logs.tail('alu', {lines: 9})) if (line === '2') break
  await server.allClosed()
  expect(server.requests).toHaveLength(1)
})
