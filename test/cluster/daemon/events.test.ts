import {afterEach, describe, expect, it} from 'vitest'
import {until} from '../../support/until.ts'
import {bankOf, startMs, startSite, type TestSite} from './support/site.ts'

interface Stream {
  text: () => string
  ended: () => boolean
  stop: () => void
}

describe('the stream of events', () => {
  let site: TestSite
  const open: Stream[] = []

  afterEach(async () => {
    for (const stream of open.splice(0)) stream.stop()
    await site.close()
  })

  const start = async (options: Parameters<typeof startSite>[0] = {}) => {
    site = await startSite(options)
    await site.store.banks.insert(bankOf('alu'))
    await site.store.banks.insert(bankOf('hidden', {visibility: 'private'}))
  }
  const tell = async (bank: string | null, what: string) =>
    site.store.events.append({atMs: startMs, type: 'bank', bank, data: {what}})

  const listen = async (headers: Record<string, string> = {}, query = ''): Promise<Stream> => {
    const stopping = new AbortController()
    const response = await fetch(`${site.url}/api/daemon/events${query}`, {headers, signal: stopping.signal})
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream'])
    let text = ''
    let ended = false
    const reading = (async () => {
      const decoder = new TextDecoder()
      for await (const chunk of response.body ?? []) text += decoder.decode(chunk as Uint8Array, {stream: true})
      ended = true
    })()
    reading.catch((error: unknown) => {
      if (!stopping.signal.aborted) text += String(error)
      ended = true
    })
    const stream = {text: () => text, ended: () => ended, stop: () => stopping.abort()}
    open.push(stream)
    return stream
  }
  const seen = (stream: Stream) => [...stream.text().matchAll(/"what":"(\w+)"/g)].map(([, what]) => what)

  it('tells what happens from now on, with ids', async () => {
    await start()
    await tell('alu', 'before')
    const stream = await listen()
    await tell('alu', 'one')
    await tell(null, 'two')
    await until('both are told', () => seen(stream).length === 2)
    expect(seen(stream)).toEqual(['one', 'two'])
    const last = await site.store.events.lastId()
    expect(stream.text()).toContain(
      `event: bank\nid: ${last}\ndata: {"at":"2026-01-15T10:00:00.000Z","bank":null,"data":{"what":"two"}}\n\n`,
    )
  })

  it('goes on after the id that was seen last', async () => {
    await start()
    await tell('alu', 'one')
    const after = await site.store.events.lastId()
    for (let count = 0; count < 450; count++) await tell('alu', `n${count}`)
    const byHeader = await listen({'last-event-id': String(after)})
    const byQuery = await listen({}, `?after=${after}`)
    const expected = Array.from({length: 450}, (_, count) => `n${count}`)
    await until('all are told', () => seen(byHeader).length === 450 && seen(byQuery).length === 450)
    expect([seen(byHeader), seen(byQuery)]).toEqual([expected, expected])
  })

  it('says once when it does not know the last id any more, and goes on', async () => {
    await start()
    const stream = await listen({'last-event-id': '999999'})
    await until('the gap is told', () => stream.text().includes('event: gap\n'))
    await tell('alu', 'one')
    await tell('alu', 'two')
    await until('both are told', () => seen(stream).length === 2)
    expect(stream.text().split('event: gap')).toHaveLength(2)
  })

  it('tells of private banks to those who may read them', async () => {
    await start()
    const [all, own] = [await listen(), await listen({'x-api-key': 'JANEKEY001'})]
    await tell('hidden', 'secret')
    await tell('alu', 'open')
    await until('both have heard', () => seen(all).length === 1 && seen(own).length === 2)
    expect([seen(all), seen(own)]).toEqual([['open'], ['secret', 'open']])
  })

  it('tells of the end of a bank that could be read', async () => {
    await start()
    const stream = await listen()
    await tell('alu', 'before')
    await until('the first is told', () => seen(stream).length === 1)
    await site.store.banks.remove('alu')
    await site.store.banks.remove('hidden')
    await tell('hidden', 'never')
    await tell('alu', 'removed')
    await until('the removal is told', () => seen(stream).length === 2)
    expect(seen(stream)).toEqual(['before', 'removed'])
  })

  it('is kept alive by comments', async () => {
    await start({events: {heartbeatMs: 20}})
    const stream = await listen()
    await until('two heartbeats', () => stream.text().split(': still here').length > 2)
    expect(stream.ended()).toBe(false)
  })

  it('ends after its longest time, so that its reader comes back with the key of then', async () => {
    await start({events: {heartbeatMs: 20, longestMs: 60}})
    const stream = await listen()
    await until('it has ended', () => stream.ended())
    expect(stream.text()).toContain('retry: 2000\n')
  })

  it('is open to so many at a time, and to others when one of them leaves', async () => {
    await start({events: {most: 1, heartbeatMs: 20}})
    const first = await listen()
    const refused = await site.ask({path: '/api/daemon/events'})
    expect(refused).toMatchObject({status: 503, body: {error: {code: 'refused'}}})
    first.stop()
    await until('there is room again', async () => {
      const response = await fetch(`${site.url}/api/daemon/events`)
      await response.body?.cancel()
      return response.status === 200
    })
  })

  it('ends when the daemon closes', async () => {
    await start()
    const stream = await listen()
    site.daemon.close()
    await until('it has ended', () => stream.ended())
    expect(stream.text()).toMatch(/\n\n$/)
  })

  it('refuses an id that is none', async () => {
    await start()
    const told = await site.ask({path: '/api/daemon/events', headers: {'last-event-id': 'x; drop'}})
    expect(told).toMatchObject({status: 400})
  })
})
