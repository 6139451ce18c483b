import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {createConnection, createServer, type Socket} from 'node:net'
import {afterEach, describe, expect, it} from 'vitest'
import {listen} from '../../../src/cluster/gateway/listen.js'
import {findPortHolder} from '../../../src/cluster/gateway/port-holder.js'
import {Closing, echo, raw, recordingLog, silentLog} from './support.js'

const closing = new Closing()
afterEach(() => closing.closeAll())

const log = silentLog

async function connected(port: number, text = ''): Promise<Socket> {
  const socket = createConnection(port, '127.0.0.1')
  socket.on('error', () => undefined)
  closing.add(() => void socket.destroy())
  await once(socket, 'connect')
  socket.write(text)
  return socket
}

/** A port that a process of its own holds. */
async function heldPort(): Promise<{port: number; child: ChildProcess}> {
  const program = 'require("net").createServer().listen(0,"127.0.0.1",function(){console.log(this.address().port)})'
  const child = spawn(process.execPath, ['-e', program, 'the-holder'], {stdio: ['ignore', 'pipe', 'ignore']})
  closing.add(() => void child.kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return {port: Number(line.toString()), child}
}

describe('the port', () => {
  it('is any free one for 0, and the one that was asked for otherwise', async () => {
    const first = await closing.serve(echo)
    expect(first.port).toBeGreaterThan(0)
    await first.close()
    const second = await listen(echo, {host: '127.0.0.1', port: first.port, log})
    closing.add(() => second.close())
    expect(second.url).toBe(`http://127.0.0.1:${first.port}`)
  })

  it('when it is busy, is named with its holder, and no other is taken', async () => {
    const {port, child} = await heldPort()
    await expect(listen(echo, {host: '127.0.0.1', port, log})).rejects.toMatchObject({
      code: 'port_in_use',
      message: expect.stringMatching(
        new RegExp(`^Port ${port} on 127.0.0.1 is in use by process ${child.pid} \\(.*the-holder\\)$`),
      ),
      hint: expect.stringContaining('--port 0'),
      details: {port, pid: child.pid},
    })
  })

  it('is named without holder where the system does not tell', async () => {
    const {port} = await heldPort()
    expect(await findPortHolder(port, '/nonexistent')).toBeUndefined()
    expect(await findPortHolder(port)).toBeDefined()
  })

  it('of an address that is not ours is a matter of configuration', async () => {
    await expect(listen(echo, {host: '192.0.2.1', port: 0, log})).rejects.toMatchObject({code: 'config_invalid'})
    await expect(listen(echo, {host: 'no.such.host.invalid', port: 0, log})).rejects.toMatchObject({
      code: 'config_invalid',
    })
  })

  it('of localhost is the same on both loopback addresses', async () => {
    const {port, url} = await closing.serve(echo).then(async server => {
      await server.close()
      const both = await listen(echo, {host: 'localhost', port: 0, log})
      closing.add(() => both.close())
      return both
    })
    expect(url).toBe(`http://localhost:${port}`)
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200)
  })

  it('of localhost is there on the second address too', async ({skip}) => {
    if (!(await hasIpv6())) skip('this machine has no IPv6')
    const both = await listen(echo, {host: 'localhost', port: 0, log})
    closing.add(() => both.close())
    expect((await fetch(`http://[::1]:${both.port}/`)).status).toBe(200)
  })

  it('of localhost that is busy on the second address leaves the first one free', async ({skip}) => {
    if (!(await hasIpv6())) skip('this machine has no IPv6')
    const other = createServer().listen(0, '::1')
    await once(other, 'listening')
    closing.add(() => void other.close())
    const {port} = other.address() as {port: number}
    await expect(listen(echo, {host: 'localhost', port, log})).rejects.toMatchObject({code: 'port_in_use'})
    const free = createServer().listen(port, '127.0.0.1')
    await once(free, 'listening')
    free.close()
  })
})

async function hasIpv6(): Promise<boolean> {
  const server = createServer()
  return await new Promise(resolve => {
    server.once('error', () => resolve(false))
    server.listen(0, '::1', () => server.close(() => resolve(true)))
  })
}

describe('closing', () => {
  it('lets a request end that is being answered', async () => {
    const entered = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    const slow = {
      fetch: async () => {
        entered.resolve()
        await gate.promise
        return new Response('done')
      },
    }
    const server = await closing.serve(slow)
    const answer = fetch(server.url)
    await entered.promise
    const closed = server.close()
    await expect(fetch(server.url)).rejects.toThrow('fetch failed')
    gate.resolve()
    const response = await answer
    expect(await response.text()).toBe('done')
    expect(response.headers.get('connection')).toBe('close')
    await closed
  })

  it('cuts off what does not end in time', async () => {
    const entered = Promise.withResolvers<void>()
    const aborted = Promise.withResolvers<void>()
    const stuck = {
      fetch: async (request: Request) => {
        request.signal.addEventListener('abort', () => aborted.resolve())
        entered.resolve()
        return await new Promise<Response>(() => undefined)
      },
    }
    const server = await closing.serve(stuck)
    const answer = fetch(server.url).catch((error: unknown) => error)
    await entered.promise
    await server.close({graceMs: 10})
    expect(await answer).toBeInstanceOf(TypeError)
    await aborted.promise
  })

  it.each([
    ['idle connections', ''],
    ['connections that never finish their headers', 'GET / HTTP/1.1\r\nHost: x'],
  ])('ends %s at once', async (_name, text) => {
    const server = await closing.serve(echo)
    const socket = await connected(server.port, text)
    const ended = once(socket, 'close')
    await server.close({graceMs: 60_000})
    await ended
    expect(socket.destroyed).toBe(true)
  })

  it('ends connections that were kept alive', async () => {
    const server = await closing.serve(echo)
    const socket = await connected(server.port, 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
    await once(socket, 'data')
    const ended = once(socket, 'close')
    await server.close({graceMs: 60_000})
    await ended
    expect(socket.destroyed).toBe(true)
  })

  it('ends event streams properly, and lets their source know', async () => {
    const cancelled = Promise.withResolvers<void>()
    const events = {
      fetch: async () =>
        new Response(
          new ReadableStream({
            start: controller => controller.enqueue(new TextEncoder().encode('data: 1\n\n')),
            cancel: () => cancelled.resolve(),
          }),
          {headers: {'content-type': 'text/event-stream'}},
        ),
    }
    const server = await closing.serve(events)
    const response = await fetch(server.url)
    const text = response.text()
    await server.close({graceMs: 60_000})
    expect(await text).toBe('data: 1\n\n')
    await cancelled.promise
  })
})

describe('hostile connections', () => {
  it('a request whose headers never end is ended', async () => {
    const {port} = await closing.serve(echo, {headersTimeoutMs: 100, requestTimeoutMs: 200, checkIntervalMs: 20})
    expect(await raw(port, 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ')).toMatch(/^HTTP\/1\.1 408 /)
  })

  it('a request whose body never ends is ended', async () => {
    const {port} = await closing.serve(echo, {headersTimeoutMs: 100, requestTimeoutMs: 200, checkIntervalMs: 20})
    const answer = await raw(port, 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\nab')
    expect(answer).not.toContain('200 OK')
  })

  it('a connection that says nothing is ended', async () => {
    const {port} = await closing.serve(echo, {headersTimeoutMs: 100, idleTimeoutMs: 150, checkIntervalMs: 20})
    expect(await raw(port, '')).not.toContain('200 OK')
  })

  it('headers that are too long are refused', async () => {
    const {port} = await closing.serve(echo, {headerBytes: 1024})
    expect(await raw(port, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(2000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /)
  })

  it.each([
    'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    'GET / HTTP/1.1\r\nHost : a\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'CONNECT example.org:80 HTTP/1.1\r\nHost: a\r\n\r\n',
    '\u0016\u0003\u0001',
  ])('what is no request reaches nobody: %j', async text => {
    const seen: string[] = []
    const {port} = await closing.serve({
      fetch: async request => {
        seen.push(request.url)
        return new Response()
      },
    })
    await raw(port, text)
    expect(seen).toEqual([])
  })

  it('an answer that breaks off closes the connection, and the log says so', async () => {
    const {log, lines} = recordingLog()
    const broken = {
      fetch: async () => {
        let pulls = 0
        return new Response(
          new ReadableStream({
            pull: controller => {
              if (pulls++ > 0) throw new Error('disk gone')
              controller.enqueue(new TextEncoder().encode('part'))
            },
          }),
        )
      },
    }
    const {url} = await closing.serve(broken, undefined, log)
    await expect(fetch(url).then(response => response.text())).rejects.toThrow(/terminated|fetch failed/)
    expect(lines).toContainEqual(expect.objectContaining({msg: 'an answer broke off'}))
  })

  it('a handler that throws is a 500 without its words', async () => {
    const failing = {fetch: () => Promise.reject(new Error('secret inside'))}
    const {url} = await closing.serve(failing)
    const response = await fetch(url)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret inside')
  })
})
