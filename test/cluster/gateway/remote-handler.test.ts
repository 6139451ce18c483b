import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {afterEach, describe, expect, it} from 'vitest'
import {remoteHandler} from '../../../src/cluster/gateway/remote-handler.js'
import type {HttpHandler} from '../../../src/cluster/services/service.js'
import {Closing, echo, gatewayOf, raw} from './support.js'

const closing = new Closing()
afterEach(() => closing.closeAll())

/** The handler as it is, and the same one behind an URL. */
const places: Array<[string, (handler: HttpHandler) => Promise<HttpHandler>]> = [
  ['in this process', async handler => handler],
  [
    'behind an URL',
    async handler => {
      const {url} = await closing.serve(handler)
      const remote = remoteHandler(url)
      closing.add(() => remote.close())
      return remote
    },
  ],
]

describe.each(places)('a service %s', (_place, at) => {
  it('gets method, path, headers and body', async () => {
    const {url} = await closing.serve(gatewayOf({upstreams: {daemon: await at(echo)}}))
    const response = await fetch(`${url}/api/daemon/bank/alu?x=1`, {
      method: 'PUT',
      body: '{}',
      headers: {'x-api-key': 'k', 'x-request-id': 'id-1'},
    })
    expect(await response.json()).toMatchObject({
      method: 'PUT',
      path: '/api/daemon/bank/alu',
      search: '?x=1',
      body: '{}',
      headers: {'x-api-key': 'k', 'x-request-id': 'id-1'},
    })
  })

  it('answers with status, headers and no body where there is none', async () => {
    const daemon = await at({
      fetch: async request =>
        request.method === 'HEAD'
          ? new Response(null, {headers: {'content-length': '7'}})
          : new Response(null, {status: 304, headers: {etag: '"1"'}}),
    })
    const {url, port} = await closing.serve(gatewayOf({upstreams: {daemon}}))
    const response = await fetch(`${url}/api/daemon`)
    expect([response.status, response.headers.get('etag')]).toEqual([304, '"1"'])
    const head = await raw(port, 'HEAD /api/daemon HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    expect(head.toLowerCase()).toContain('content-length: 7')
  })

  it('streams its answer, piece by piece', async () => {
    const pieces = new TransformStream<Uint8Array, Uint8Array>()
    const writer = pieces.writable.getWriter()
    const daemon = await at({
      fetch: async () => new Response(pieces.readable, {headers: {'content-type': 'text/event-stream'}}),
    })
    const {url} = await closing.serve(gatewayOf({upstreams: {daemon}}))
    const reader = (await fetch(`${url}/api/daemon/events`)).body?.getReader()
    for (const text of ['one', 'two']) {
      await writer.write(new TextEncoder().encode(text))
      expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(text)
    }
    await writer.close()
    expect(await reader?.read()).toMatchObject({done: true})
  })

  it('learns that the caller has gone, while it works and while it streams', async () => {
    const aborted = Promise.withResolvers<void>()
    const working = Promise.withResolvers<void>()
    const cancelled = Promise.withResolvers<void>()
    const daemon = await at({
      fetch: async request => {
        if (request.url.endsWith('/stream')) {
          return new Response(
            new ReadableStream({
              start: controller => controller.enqueue(new Uint8Array(3)),
              cancel: () => cancelled.resolve(),
            }),
            {headers: {'content-type': 'text/event-stream'}},
          )
        }
        request.signal.addEventListener('abort', () => aborted.resolve())
        working.resolve()
        return await new Promise<Response>(() => undefined)
      },
    })
    const {url} = await closing.serve(gatewayOf({upstreams: {daemon}}))
    const leaving = new AbortController()
    const answer = fetch(`${url}/api/daemon/work`, {signal: leaving.signal}).catch((error: unknown) => error)
    await working.promise
    leaving.abort()
    expect(await answer).toMatchObject({name: 'AbortError'})
    await aborted.promise
    const reader = (await fetch(`${url}/api/daemon/stream`)).body?.getReader()
    await reader?.read()
    await reader?.cancel()
    await cancelled.promise
  })

  it('whose answer breaks off breaks the connection of the caller', async () => {
    const broken = Promise.withResolvers<void>()
    const body = new ReadableStream<Uint8Array>({
      start: async controller => {
        controller.enqueue(new TextEncoder().encode('part'))
        await broken.promise
        controller.error(new Error('gone'))
      },
    })
    const daemon = await at({fetch: async () => new Response(body)})
    const {url} = await closing.serve(gatewayOf({upstreams: {daemon}}))
    const reader = (await fetch(`${url}/api/daemon`)).body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('part')
    broken.resolve()
    await expect(reader?.read()).rejects.toThrow('terminated')
  })
})

describe('a service in another process', () => {
  it('that is not there is a 502, and is found again when it is back', async () => {
    const server = await closing.serve(echo)
    const daemon = remoteHandler(server.url)
    closing.add(() => daemon.close())
    const {url} = await closing.serve(gatewayOf({upstreams: {daemon}}))
    expect((await fetch(`${url}/api/daemon`)).status).toBe(200)
    await server.close()
    const response = await fetch(`${url}/api/daemon`)
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({error: {code: 'unreachable'}})
  })

  it('that says nothing is given up after its time', async () => {
    const {url: slow} = await closing.serve({fetch: () => new Promise<Response>(() => undefined)})
    const daemon = remoteHandler(slow, {timeoutMs: 50})
    closing.add(() => daemon.close())
    const {url} = await closing.serve(gatewayOf({upstreams: {daemon}}))
    expect((await fetch(`${url}/api/daemon`)).status).toBe(502)
  })

  it('that is killed while it answers does not take the gateway with it', async () => {
    const program =
      'require("http").createServer((q,r)=>{r.write("part")}).listen(0,"127.0.0.1",function(){console.log(this.address().port)})'
    const child = spawn(process.execPath, ['-e', program], {stdio: ['ignore', 'pipe', 'ignore']})
    closing.add(() => void child.kill('SIGKILL'))
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const daemon = remoteHandler(`http://127.0.0.1:${line.toString().trim()}`)
    closing.add(() => daemon.close())
    const {url} = await closing.serve(gatewayOf({upstreams: {daemon, release: echo}}))
    const response = await fetch(`${url}/api/daemon`)
    const body = response.text()
    child.kill('SIGKILL')
    await expect(body).rejects.toThrow('terminated')
    expect((await fetch(`${url}/api/daemon`)).status).toBe(502)
    expect((await fetch(`${url}/api/release`)).status).toBe(200)
  })
})
