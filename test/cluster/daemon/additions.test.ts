import {appendFile, mkdir, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {
  bankRun,
  capabilities,
  daemonHello,
  jobs as jobsSchema,
  locks,
  oneJob,
  sessionLog,
  whoAmI,
} from '../../../src/api/contract/additions.js'
import {bankOf, startMs, startSite, type TestSite, type Who} from './support/site.ts'
import {process as processNamed, processing, sessionOf, statusOf, updateOf} from './support/situations.ts'

const lease = (startedSeconds: number, untilSeconds: number) => ({
  startedAtMs: startMs + startedSeconds * 1000,
  leaseUntilMs: startMs + untilSeconds * 1000,
})

describe('what the cluster says beyond BioMAJ', () => {
  let site: TestSite

  beforeEach(async () => {
    site = await startSite()
  })
  afterEach(async () => site.close())

  const get = async (route: string, who?: Who) => site.ask({path: `/api/daemon${route}`, who})

  const add = async (bank: string, parent?: string) =>
    site.queue.add({kind: 'update', bank, payload: updateOf(bank), user: 'jane', correlationId: 'c', parent})

  const log = async (query: string, session = 'last') =>
    sessionLog.parse((await get(`/bank/alu/sessions/${session}/log?${query}`)).body)

  const end = async () =>
    site.store.banks.change('alu', bank => ({...bank, status: bank.status && {...bank.status, running: null}}))

  it('is announced', async () => {
    const {body} = await get('')
    expect(daemonHello.parse(body)).toEqual({
      msg: 'pong',
      biomaj: {version: '9.8.7', name: 'test', capabilities: [...capabilities]},
    })
  })

  it('tells whose key it is', async () => {
    expect(whoAmI.parse((await get('/whoami', 'jane')).body)).toEqual({
      user: {id: 'jane', email: 'jane@example.org', admin: false},
      keyGiven: true,
      keyKnown: true,
    })
    expect((await get('/whoami', 'stranger')).body).toEqual({user: null, keyGiven: true, keyKnown: false})
    expect((await get('/whoami')).body).toEqual({user: null, keyGiven: false, keyKnown: false})
  })

  it('tells locks with owner, job and time', async () => {
    await processing(site)
    await site.store.maintenance.set({sinceMs: startMs, by: 'admin'})
    expect(locks.parse((await get('/locks')).body)).toMatchObject({
      locks: [{bank: 'alu', action: 'update', owner: 'jane', since: '2026-01-15T10:00:00.000Z'}],
      maintenance: {since: '2026-01-15T10:00:00.000Z', by: 'admin'},
    })
  })

  describe('of jobs', () => {
    beforeEach(async () => {
      for (const name of ['alu', 'other']) await site.store.banks.insert(bankOf(name))
    })

    it('tells what became of each', async () => {
      const {id} = await add('alu')
      const queued = oneJob.parse((await get(`/jobs/${id}`)).body).job
      expect(queued).toMatchObject({id, state: 'queued', startedAt: null, release: null, updated: null, session: null})
      await site.queue.take({kinds: ['update'], worker: 'w', leaseMs: 60_000})
      const progress = {filesDone: 1, filesTotal: 2, bytesDone: 10, bytesTotal: null}
      await site.queue.renew({id, worker: 'w', leaseMs: 60_000, progress})
      expect(oneJob.parse((await get(`/jobs/${id}`)).body).job).toMatchObject({state: 'running', worker: 'w', progress})
      const result = {
        state: 'done',
        session: 1_768_471_200,
        release: '54',
        directory: '/srv/alu_54',
        updated: true,
        published: false,
        reason: null,
      }
      await site.queue.finish({id, worker: 'w', state: 'done', result})
      expect(oneJob.parse((await get(`/jobs/${id}`)).body).job).toMatchObject({
        state: 'done',
        session: '1768471200.0',
        release: '54',
        directory: '/srv/alu_54',
        updated: true,
        published: false,
      })
    })

    it('lists the newest first, by bank, state, kind and parent', async () => {
      const first = await add('alu')
      const second = await add('other')
      const request = {bank: 'alu', session: 1, files: [], targetDirectory: '/t'}
      const remote = {protocol: 'http' as const, server: 'h', directory: '/', source: 'main' as const}
      const payload = {...request, remote}
      const child = await site.queue.add({
        kind: 'download',
        bank: 'alu',
        payload,
        user: 'jane',
        correlationId: 'c',
        parent: first.id,
      })
      const ids = async (query: string) => jobsSchema.parse((await get(`/jobs${query}`)).body).jobs.map(({id}) => id)
      expect(await ids('')).toEqual([second.id, first.id])
      expect(await ids('?limit=1')).toEqual([second.id])
      expect(await ids('?bank=alu')).toEqual([first.id])
      expect(await ids(`?parent=${first.id}`)).toEqual([child.id])
      expect(await ids('?kind=download,update')).toEqual([child.id, second.id, first.id])
      expect(await ids('?state=running')).toEqual([])
      expect(await get('/jobs?state=lost')).toMatchObject({status: 400, body: {error: {code: 'usage'}}})
      expect(await get('/jobs?limit=-1')).toMatchObject({status: 400})
    })

    it('keeps out of the answer what a job was told', async () => {
      const {id} = await add('alu')
      expect((await get(`/jobs/${id}`)).text).not.toContain('payload')
    })
  })

  it('tells a run with its steps, processes, times and job', async () => {
    await processing(site)
    const {run} = bankRun.parse((await get('/bank/alu/run')).body)
    const [job] = await site.queue.list({bank: 'alu'})
    expect(run).toMatchObject({session: '1768471200.225', action: 'update', job: job?.id, running: 'postprocess'})
    expect(run?.steps.map(({step, state}) => `${step} ${state}`)).toContain('postprocess running')
    expect(run?.processes).toMatchObject([
      {name: 'AFTER_index', state: 'over'},
      {name: 'AFTER_publishable', state: 'running'},
    ])
    await site.store.banks.insert(bankOf('idle'))
    expect((await get('/bank/idle/run')).body).toEqual({run: null})
  })

  it('gives reasons in the history', async () => {
    await site.store.banks.insert(bankOf('alu'))
    const row = {bank: 'alu', action: 'update' as const, startMs, endMs: startMs + 1500, updated: true, error: true}
    for (let count = 0; count < 3; count++) {
      await site.store.history.add({
        ...row,
        startMs: startMs + count,
        cancelled: count === 2,
        reason: 'no space left',
        job: 'j',
      })
    }
    const {body} = await get('/history?limit=2&bank=alu')
    expect(body).toMatchObject({
      history: [
        ['alu', 'update', 'Thu, 15 Jan 2026 10:00:00 GMT', 'Thu, 15 Jan 2026 10:00:01 GMT', 'True', 'True'],
        ['alu', 'update'],
      ].map(cells => expect.arrayContaining(cells) as unknown),
      runs: [
        {bank: 'alu', start: '2026-01-15T10:00:00.002Z', cancelled: true, reason: 'no space left', job: 'j'},
        {cancelled: false},
      ],
    })
    expect(await get('/history?limit=many')).toMatchObject({status: 400})
  })

  describe('of the log of a session', () => {
    let file: string

    beforeEach(async () => {
      file = path.join(site.root, 'log', 'alu', '1768471200.125', 'alu.log')
      await mkdir(path.dirname(file), {recursive: true})
      await writeFile(file, 'first line\nsecond: é\nthird, not yet whole')
      const status = statusOf('alu', {step: 'download', state: 'waiting'}, {running: 'download', logFile: file})
      await site.store.banks.insert(bankOf('alu', {status, sessions: [{...sessionOf('alu'), id: 5, logFile: null}]}))
    })

    it('gives whole lines while the run goes on, and all of it at the end', async () => {
      const some = await log('offset=0')
      expect(some).toMatchObject({session: '1768471200.225', text: 'first line\nsecond: é\n', complete: false})
      expect(await log(`offset=${some.nextOffset}`)).toMatchObject({text: '', nextOffset: some.nextOffset})
      await appendFile(file, '!\n')
      const more = await log(`offset=${some.nextOffset}`)
      expect(more).toMatchObject({text: 'third, not yet whole!\n', nextOffset: more.sizeBytes, complete: false})
      await appendFile(file, 'no line end')
      await end()
      expect(await log(`offset=${more.nextOffset}`)).toMatchObject({text: 'no line end', complete: true})
    })

    it.for([1, 2, 3, 7, 11, 64])('comes together from pieces of %i bytes', async limit => {
      await end()
      let text = ''
      for (let offset = 0; ; ) {
        const piece = await log(`offset=${offset}&limit=${limit}`)
        text += piece.text
        offset = piece.nextOffset
        if (piece.complete) break
      }
      expect(text).toBe('first line\nsecond: é\nthird, not yet whole')
    })

    it('is not complete while the bank is locked', async () => {
      await end()
      await site.store.locks.take({bank: 'alu', action: 'update', job: 'j', owner: 'jane', worker: 'w', sinceMs: 0})
      expect(await log('')).toMatchObject({complete: false})
    })

    it('is that of a session by its id, and takes no path', async () => {
      expect(await log('', '1768471200.225')).toMatchObject({offset: 0})
      for (const session of ['5.0', '7', '..%2F..%2Fglobal.properties', '%2Fetc%2Fpasswd', 'constructor']) {
        const told = await get(`/bank/alu/sessions/${session}/log`)
        expect([session, told.status, (told.body as {error: {code: string}}).error.code]).toEqual([
          session,
          404,
          'refused',
        ])
      }
      expect(await get('/bank/alu/sessions/last/log?offset=-1')).toMatchObject({status: 400})
      expect(await get('/bank/alu/sessions/last/log?offset=9999')).toMatchObject({body: {text: ''}})
    })
  })

  it('shows processes before the download below preprocess', async () => {
    const began = {...statusOf('alu', {step: 'preprocess', state: 'waiting'}), running: 'preprocess' as const}
    const status = {
      ...began,
      processes: [processNamed('BEFORE_clean', 'running'), processNamed('BEFORE_next', 'waiting')],
    }
    await site.store.banks.insert(bankOf('alu', {status}))
    const {body} = await get('/bank/alu/status')
    const rows = (body as {status: {process: string[][]}}).status.process.map(([name]) => name)
    expect(rows.slice(rows.indexOf('preprocess'), rows.indexOf('release'))).toEqual(['preprocess', 'BEFORE_clean'])
  })

  it('counts services as up, partly up and down, and forgets one that was replaced', async () => {
    const at = {host: 'h', pid: 1, work: null}
    const renew = async (id: string, service: 'update' | 'download' | 'process', times: ReturnType<typeof lease>) =>
      site.store.services.renew({...at, id, service, ...times})
    await renew('u1', 'update', lease(-100, 20))
    await renew('u2', 'update', lease(-100, -10))
    await renew('d1', 'download', lease(-100, -10))
    await renew('p1', 'process', lease(-100, -10))
    await renew('p2', 'process', lease(-5, 20))
    const {body} = await get('/status')
    const counted = (body as {status: Array<{service: string; count: number; status: number}>}).status
    expect(counted).toEqual(
      expect.arrayContaining([
        {service: 'biomaj-daemon-message', count: 2, status: 0},
        {service: 'biomaj-download', count: 1, status: -1},
        {service: 'biomaj-process', count: 1, status: 1},
        {service: 'biomaj-store', count: 1, status: 1},
        {service: 'biomaj-cron', count: 0, status: -1},
      ]),
    )
  })

  it('has numbers for Prometheus', async () => {
    await processing(site)
    const {text, headers} = await site.ask({path: '/metrics'})
    expect(headers['content-type']).toContain('version=0.0.4')
    expect(text).toContain('biomaj_jobs{kind="update",state="running"} 1\n')
    expect((await get('/metrics')).text).toBe(text)
  })
})
