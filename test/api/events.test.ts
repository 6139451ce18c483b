import {createServer, type Server, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {BiomajClient} from '../../src/api/index.js'
import type {ClusterEvent} from '../../src/api/contract/event.js'
import {followEvents} from '../../src/operations/follow-events.js'
import {failureOf} from './calls.js'

let server: Server
let asked: string[]
let answers: Array<(response: ServerResponse) => void>
let cluster: BiomajClient

const streaming = {'content-type': 'text/event-stream'}
const event = (id: number, type = 'bank') =>
  `event: ${type}\nid: ${id}\ndata: {"at":"2026-11-21T10:00:00Z","bank":"alu",\ndata: "data":{"change":"${id}"}}\n\n`

beforeEach(async () => {
  asked = []
  answers = []
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const answer = answers.shift()
    if (answer) answer(response)
    else response.writeHead(500).end()
  })
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  cluster = new BiomajClient({url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)})
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const text =
  (...parts: string[]) =>
  (response: ServerResponse) => {
    response.writeHead(200, streaming)
    for (const part of parts) response.write(part)
    response.end()
  }

function away(response: ServerResponse): void {
  response.writeHead(503).end()
}

async function all(events: AsyncIterable<ClusterEvent>): Promise<ClusterEvent[]> {
  const found: ClusterEvent[] = []
  for await (const each of events) found.push(each)
  return found
}

describe('the events of a cluster', () => {
  it('come with their ids, wherever the pieces are cut, and without comments', async () => {
    const wire = `retry: 2000\nid: 7\n: open\n\n${event(8)}: still here\n\n${event(9, 'newer')}`
    answers = [text(...Array.from(wire))]
    expect(await all(cluster.additions.events())).toEqual([
      {id: '7', type: 'open', at: null, bank: null, data: {}},
      {id: '8', type: 'bank', at: '2026-11-21T10:00:00Z', bank: 'alu', data: {change: '8'}},
      {id: '9', type: 'newer', at: '2026-11-21T10:00:00Z', bank: 'alu', data: {change: '9'}},
    ])
    expect(asked).toEqual(['/api/daemon/events'])
  })

  it('tell of a gap, and take lines that end as in DOS', async () => {
    answers = [text('event: gap\r\nid: 20\r\ndata: {"after":"5"}\r\n\r\n')]
    expect(await all(cluster.additions.events({after: '5'}))).toEqual([
      {id: '20', type: 'gap', at: null, bank: null, data: {after: '5'}},
    ])
    expect(asked).toEqual(['/api/daemon/events?after=5'])
  })

  it('end with an error when the cluster falls silent, and not while it gives signs of life', async () => {
    let live: ServerResponse | undefined
    answers = [
      response => {
        live = response
        response.writeHead(200, streaming).write('id: 1\n\n')
      },
    ]
    const events = cluster.additions.events({silenceMs: 300})
    expect((await events.next()).value).toMatchObject({type: 'open', id: '1'})
    const beats = setInterval(() => live?.write(': still here\n\n'), 50)
    setTimeout(() => live?.write(event(2)), 900)
    expect((await events.next()).value).toMatchObject({id: '2'})
    clearInterval(beats)
    expect(await failureOf(events.next())).toMatchObject({code: 'timeout'})
  })

  it('end with the signal, and leave no connection', async () => {
    let closed: (() => void) | undefined
    const gone = new Promise<void>(resolve => {
      closed = resolve
    })
    answers = [
      response =>
        response
          .on('close', () => closed?.())
          .writeHead(200, streaming)
          .write('id: 1\n\n'),
    ]
    const stop = new AbortController()
    const events = cluster.additions.events({signal: stop.signal})
    await events.next()
    const reason = new Error('enough')
    stop.abort(reason)
    await expect(events.next()).rejects.toBe(reason)
    await gone
  })

  it.for([
    [
      'no event stream',
      (response: ServerResponse) => response.setHeader('content-type', 'text/html').end('<p>'),
      'protocol',
    ],
    ['no JSON', text('id: 1\ndata: {\n\n'), 'protocol'],
    ['another shape', text('id: 1\ndata: {"at":1}\n\n'), 'protocol'],
    ['a line without end', text(`data: ${'x'.repeat(2_000_000)}`), 'response_too_large'],
  ] as const)('are not taken from %s', async ([, answer, code]) => {
    answers = [answer]
    expect(await failureOf(all(cluster.additions.events()))).toMatchObject({code})
  })
})

describe('following them', () => {
  const delays: number[] = []
  const clock = {
    nowMs: () => 0,
    random: () => 1,
    sleep: async (delayMs: number, signal: AbortSignal) => {
      signal.throwIfAborted()
      delays.push(delayMs)
      return Promise.resolve()
    },
  }
  const signal = new AbortController().signal
  beforeEach(() => delays.splice(0))

  it('goes on from the last one after the stream ended or broke, ever more patiently', async () => {
    answers = [text('id: 1\n\n', event(2)), away, away, text(event(3))]
    const seen: string[] = []
    for await (const followed of followEvents(cluster, {signal, clock})) {
      seen.push(followed.ok ? followed.event.id : followed.error.code)
      if (seen.length === 5) break
    }
    expect(seen).toEqual(['1', '2', 'unreachable', 'unreachable', '3'])
    expect(asked).toEqual(['/api/daemon/events', ...Array.from({length: 3}, () => '/api/daemon/events?after=2')])
    expect(delays).toEqual([1000, 1000, 2000])
  })

  it.for([
    [401, 'login_required'],
    [404, 'protocol'],
  ] as const)('gives up where trying again cannot help (%i)', async ([status, code]) => {
    answers = [response => response.writeHead(status).end()]
    expect(await failureOf(followEvents(cluster, {signal, clock}).next())).toMatchObject({code})
  })
})
