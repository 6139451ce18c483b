import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {bankOf, productionOf, startMs, startSite, type TestSite, type Who} from './support/site.ts'
import {files, sessionOf, statusOf, updateOf} from './support/situations.ts'

/** All that can be read without naming a bank. */
const overall = [
  'bank',
  'bank?x=1',
  'status/ko',
  'stats',
  'history',
  'history?limit=50&bank=hidden',
  'whatsup',
  'search?formats=fasta',
  'search?query=hidden',
  'locks',
  'jobs',
  'jobs?bank=hidden',
  'jobs?kind=download',
  'metrics',
  'version',
  'status',
]
const named = ['', '/check', '/status', '/run', '/sessions/last/log', '/log']
const rpcReads: Array<Record<string, unknown>> = [
  {history: true},
  {stats: true},
  {whatsup: true, proxy: true},
  {whatsup: true},
  {search: true, formats: 'fasta'},
  {search: true, query: 'hidden'},
  {status: true},
  {statusko: true},
]

const basic = (key: string) => ({authorization: `Basic ${Buffer.from(`any:${key}`).toString('base64')}`})

describe('a private bank', () => {
  let site: TestSite
  let job: string

  beforeEach(async () => {
    site = await startSite()
    await files(site)
    await site.addFile('hidden', {visibility: 'private'})
    const {store, queue} = site
    await store.banks.insert(
      bankOf('hidden', {
        visibility: 'private',
        production: [productionOf('hidden')],
        sessions: [sessionOf('hidden')],
        lastUpdate: {session: startMs / 1000, ok: false, release: null},
        status: statusOf('hidden', {step: 'download', state: 'error'}),
      }),
    )
    const request = {
      kind: 'update' as const,
      bank: 'hidden',
      payload: updateOf('hidden'),
      user: 'jane',
      correlationId: 'c',
    }
    job = (await queue.add(request)).id
    await queue.add(request)
    await queue.take({kinds: ['update'], worker: 'w', leaseMs: 60_000})
    await store.locks.take({bank: 'hidden', action: 'update', job, owner: 'jane', worker: 'w', sinceMs: startMs})
    await store.services.renew({
      id: 'w',
      service: 'update',
      host: 'h',
      pid: 1,
      startedAtMs: startMs,
      leaseUntilMs: startMs + 60_000,
      work: {bank: 'hidden', action: 'update', job, sinceMs: startMs},
    })
    await store.history.add({
      bank: 'hidden',
      action: 'update',
      startMs,
      endMs: startMs,
      updated: true,
      error: true,
      cancelled: false,
      reason: 'hidden reason',
      job,
    })
    await store.events.append({atMs: startMs, type: 'bank', bank: 'hidden', data: {reason: 'hidden'}})
  })
  afterEach(async () => site.close())

  const readAll = async (who: Who | undefined) => {
    const texts: Array<[what: string, text: string]> = []
    for (const route of overall) texts.push([route, (await site.ask({path: `/api/daemon/${route}`, who})).text])
    for (const options of rpcReads) {
      for (const json of [true, false]) {
        texts.push([JSON.stringify(options), (await site.rpc({...options, json}, who)).text])
      }
    }
    // What was asked for is repeated, as it is for a bank that does not exist.
    return texts.map(([what, text]) => [what, text.replaceAll('Query matches for :hidden', '').includes('hidden')])
  }

  it.for(['joe', 'stranger', undefined] as const)('is nowhere to be seen for %s', async who => {
    expect((await readAll(who)).filter(([, seen]) => seen)).toEqual([])
  })

  it.for(['jane', 'admin'] as const)('is where it belongs for %s', async who => {
    const blind = (await readAll(who)).filter(([, seen]) => !seen).map(([what]) => what)
    expect(new Set(blind)).toEqual(new Set(['jobs?kind=download', 'metrics', 'version', 'status']))
  })

  it.for(['joe', undefined] as const)('cannot be read by its name for %s', async who => {
    for (const route of named) {
      const told = await site.ask({path: `/api/daemon/bank/hidden${route}`, who})
      const sentence = route === '/log' ? 200 : 403
      expect([route, told.status, /fasta|2025|hidden\.log/.test(told.text)]).toEqual([route, sentence, false])
    }
    expect(await site.ask({path: `/api/daemon/jobs/${job}`, who})).toMatchObject({
      status: 404,
      body: {error: {code: 'job_not_found'}},
    })
    expect(await site.ask({path: '/api/daemon/bank/hidden/owns', who})).toMatchObject({
      body: {is_admin_or_owner: false},
    })
    expect(await site.rpc({show: true, bank: 'hidden', json: true}, who)).toMatchObject({body: {status: false}})
  })

  it('keeps its place in the number of what waits, and the worker at work on it is not idle', async () => {
    expect((await site.ask({path: '/api/daemon/whatsup'})).body).toMatchObject({
      services: [
        ['queue', '1', 'waiting'],
        ['w', '(private)', 'update'],
      ],
    })
  })

  it('is exposed to its owner alone', async () => {
    const expose = async (uri: string, headers: Record<string, string> = {}) =>
      (await site.ask({path: '/api/daemon/expose', headers: {'x-forwarded-uri': uri, ...headers}})).status
    await site.store.banks.insert(bankOf('alu'))
    expect(await expose('/db/alu/current/flat/alu.n')).toBe(200)
    expect(await expose('/db')).toBe(200)
    expect(await expose('/db/hidden/current/x')).toBe(401)
    expect(await expose('/db/hidden/x', basic('JOEKEY0001'))).toBe(403)
    expect(await expose('/db/hidden/x', basic('JANEKEY001'))).toBe(200)
    expect(await expose('/db/hidden/x', {authorization: 'APIKEY JANEKEY001'})).toBe(200)
    expect(await expose('/db/%68idden/x')).toBe(401)
    expect(await expose('/db/alu/../hidden/x')).toBe(404)
    expect(await expose('/db/alu/%2e%2E/hidden/x')).toBe(404)
    expect(await expose('/db/%ZZ/x')).toBe(404)
    expect(await expose('/db/nosuch/x')).toBe(404)
    expect((await site.ask({path: '/api/daemon/expose'})).status).toBe(400)
  })

  it('stays known to whoever removed it, and to nobody else', async () => {
    await site.store.banks.remove('hidden')
    await site.store.banks.insert(bankOf('alu'))
    const rows = async (who: Who) =>
      ((await site.ask({path: '/api/daemon/history', who})).body as {history: unknown[]}).history
    expect(await rows('jane')).toHaveLength(1)
    expect(await rows('admin')).toHaveLength(1)
    expect(await rows('joe')).toHaveLength(0)
  })
})
