import {writeFile} from 'node:fs/promises'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {bankOf, productionOf, startMs, startSite, type TestSite} from './support/site.ts'
import {inMaintenance, inProduction, published, seen, seenWithOther, session} from './support/situations.ts'

describe('a request for a run', () => {
  let site: TestSite

  beforeEach(async () => {
    site = await startSite()
  })
  afterEach(async () => site.close())

  const jobs = async () => site.queue.list({order: 'next'})
  const update = async (bank: string, body: unknown = {}, who: 'jane' | 'admin' = 'jane') =>
    site.ask({method: 'POST', path: `/api/daemon/bank/${bank}`, body, who})

  it('becomes a job with its options, in the name of who asked', async () => {
    await inProduction(site)
    const body = {publish: true, fromscratch: 1, stop_before: 'publish', stop_after: 'download', from_task: 'release'}
    const told = await site.ask({
      method: 'POST',
      path: '/api/daemon/bank/alu',
      who: 'admin',
      body: {...body, release: 'alu_2025-11-20'},
      headers: {'x-request-id': 'request-1'},
    })
    const [job] = await jobs()
    expect(told.headers['x-request-id']).toBe('request-1')
    expect(told.body).toEqual({msg: 'Bank update request sent for alu\n', job: job?.id})
    expect(job).toMatchObject({
      kind: 'update',
      bank: 'alu',
      user: 'admin',
      correlationId: 'request-1',
      parent: null,
      state: 'queued',
      payload: {
        bank: 'alu',
        publish: true,
        fromScratch: true,
        stopBefore: 'publish',
        stopAfter: 'download',
        fromTask: 'release',
        process: null,
        release: 'alu_2025-11-20',
      },
    })
  })

  it('registers a bank that only had a file, as the property of who asked', async () => {
    await site.addFile('fresh', {visibility: 'private', type: 'a,b', fullName: 'Fresh bank'})
    expect(await update('fresh')).toMatchObject({status: 200})
    expect(await site.store.banks.get('fresh')).toMatchObject({
      owner: 'jane',
      visibility: 'private',
      types: ['a', 'b'],
      description: 'Fresh bank',
    })
  })

  it('is the only thing that registers a bank', async () => {
    await site.addFile('fresh')
    for (const route of ['', '/check', '/status', '/log', '/owns', '/show', '/run']) {
      await site.ask({path: `/api/daemon/bank/fresh${route}`, who: 'jane'})
    }
    await site.ask({method: 'PUT', path: '/api/daemon/bank/fresh/cancel', who: 'jane'})
    expect(
      await site.ask({method: 'PUT', path: '/api/daemon/bank/fresh/visibility/private', who: 'jane'}),
    ).toMatchObject({
      status: 422,
    })
    expect(await site.store.banks.list()).toEqual([])
  })

  it('is refused for a bank without a properties file, even one that is registered', async () => {
    await site.store.banks.insert(bankOf('gone', {production: [productionOf('gone')]}))
    expect(await update('gone')).toMatchObject({status: 404, body: {error: {code: 'bank_not_found'}}})
    expect(await site.ask({path: '/api/daemon/bank/gone'})).toMatchObject({status: 200})
  })

  it.for([
    [{from_task: 'nosuchstep'}, 'usage'],
    [{stop_after: 'nosuchstep'}, 'usage'],
    [{stop_before: ['init']}, 'usage'],
    [{release: '1999-1-1'}, 'release_not_found'],
    [{process: 'index'}, 'usage'],
    [{from_task: 'postprocess', process: 'nosuch'}, 'usage'],
  ])('is refused at once with %j', async ([body, code]) => {
    await published(site)
    expect(await update('alu', body)).toMatchObject({body: {error: {code}}})
    expect(await jobs()).toEqual([])
  })

  it.for(['BLOCK1', 'META1', 'makeblast'])('may begin with %s, which the properties name', async process => {
    await published(site)
    const exe = {'makeblast.name': 'makeblast', 'makeblast.exe': 'x.sh', 'makeblast.args': ''}
    await site.addFile('alu', {
      properties: {BLOCKS: 'BLOCK1', 'BLOCK1.db.post.process': 'META1', META1: 'makeblast', ...exe},
    })
    expect(await update('alu', {from_task: 'postprocess', process})).toMatchObject({status: 200})
  })

  it('is refused in maintenance, whatever it is', async () => {
    await published(site)
    await inMaintenance(site)
    const refusals = [
      await update('alu'),
      await site.ask({method: 'PUT', path: '/api/daemon/bank/alu/repair', who: 'jane', body: {}}),
      await site.ask({method: 'DELETE', path: '/api/daemon/bank/failing', who: 'jane', body: {pending: true}}),
      await site.ask({method: 'DELETE', path: '/api/daemon/bank/alu', who: 'jane', body: {all: true}}),
      await site.ask({method: 'PUT', path: '/api/daemon/bank/alu/name/new', who: 'jane', body: {}}),
    ]
    expect(refusals.map(({status, body}) => [status, (body as {error: {code: string}}).error.code])).toEqual(
      refusals.map(() => [409, 'maintenance']),
    )
    expect(await jobs()).toEqual([])
  })

  it('for several banks takes those that it can, and says of each why not', async () => {
    await seenWithOther(site)
    const told = await update('alu,nosuch,broken,other,alu')
    expect((await jobs()).map(({bank}) => bank)).toEqual(['alu', 'other'])
    expect(told).toMatchObject({
      status: 404,
      body: {
        msg: [
          'Bank update request sent for alu\n',
          'Skip bank nosuch: Configuration file nosuch.properties does not exists\n',
          'Skip bank broken: wrong config\n',
          'Bank update request sent for other\n',
        ].join(''),
        jobs: (await jobs()).map(({id}) => id),
      },
    })
  })

  it('tells the job of each bank of a list', async () => {
    await seenWithOther(site)
    const told = await site.rpc({update: true, bank: 'alu, other', proxy: true, json: true}, 'jane')
    const ids = (await jobs()).map(({id}) => id)
    expect(ids).toHaveLength(2)
    expect(told.body).toMatchObject({status: true, job: ids[0], jobs: ids})
  })

  it('names the first mistake of the properties', async () => {
    await seen(site)
    const told = await update('broken')
    expect((told.body as {error: {message: string}}).error.message).toContain('local.files')
    const checked = await site.ask({path: '/api/daemon/bank/broken/check'})
    expect(checked.body).toMatchObject({findings: [expect.objectContaining({severity: 'error', key: 'local.files'})]})
  })

  it('of a removal is refused for what cannot be removed', async () => {
    await published(site)
    const frozenToo = [
      productionOf('alu'),
      productionOf('alu', {release: '2025-11-21', session: session + 1, frozen: true}),
    ]
    await site.store.banks.change('alu', bank => ({...bank, production: frozenToo}))
    const remove = async (body: unknown) => {
      const {status, body: told} = await site.ask({method: 'DELETE', path: '/api/daemon/bank/alu', who: 'jane', body})
      return [status, (told as {msg: string}).msg]
    }
    expect(await remove({release: '2025-11-20'})).toEqual([422, expect.stringContaining('published')])
    expect(await remove({release: 'alu_2025-11-21'})).toEqual([422, expect.stringContaining('frozen')])
    expect(await remove({all: true})).toEqual([422, expect.stringContaining('frozen')])
    expect(await remove({pending: true, release: 'x'})).toEqual([404, expect.any(String)])
    expect(await jobs()).toEqual([])
    expect(await remove({all: true, force: true})).toEqual([200, 'Bank removal request sent'])
    expect((await jobs())[0]?.payload).toEqual({bank: 'alu', release: null, what: 'all', force: true})
  })

  it('is cancelled while it waits, and leaves the next one alone', async () => {
    await seen(site)
    await update('alu')
    const cancel = async () => site.ask({method: 'PUT', path: '/api/daemon/bank/alu/cancel', who: 'jane', body: {}})
    const [first] = await jobs()
    expect(await cancel()).toMatchObject({status: 200, body: {jobs: [first?.id]}})
    expect(await site.queue.get(first?.id ?? '')).toMatchObject({state: 'cancelled', cancelRequestedBy: 'jane'})
    expect(await cancel()).toMatchObject({status: 409, body: {error: {code: 'bank_idle'}}})
    await update('alu')
    expect(await site.queue.take({kinds: ['update'], worker: 'w', leaseMs: 1000})).toMatchObject({
      cancelRequestedBy: null,
    })
  })

  it('stops a run when it is cancelled', async () => {
    await seen(site)
    await update('alu')
    const job = await site.queue.take({kinds: ['update'], worker: 'w', leaseMs: 60_000})
    await site.rpc({updatecancel: true, bank: 'alu', proxy: true}, 'jane')
    expect(await site.queue.renew({id: job?.id ?? '', worker: 'w', leaseMs: 60_000})).toBe('cancel')
  })

  it('to rename or move waits for no run', async () => {
    await published(site)
    await update('alu')
    const rename = {method: 'PUT', path: '/api/daemon/bank/alu/name/new', who: 'jane', body: {}} as const
    expect(await site.ask(rename)).toMatchObject({status: 409, body: {error: {code: 'bank_locked'}}})
    for (const taken of ['other', 'secret']) {
      const told = await site.ask({...rename, path: `/api/daemon/bank/failing/name/${taken}`})
      expect(told).toMatchObject({status: 409, body: {error: {code: 'bank_exists'}}})
    }
    for (const bad of ['.hidden', 'a%2Fb', 'biomaj', 'a,b', '%00', '%1B[31m']) {
      const told = await site.ask({...rename, path: `/api/daemon/bank/failing/name/${bad}`})
      expect([bad, told.status]).toEqual([bad, 400])
    }
    expect(site.engineCalls).toEqual([])
  })

  it('imports a bank from a template, for somebody with a key', async () => {
    await site.close()
    site = await startSite({
      templates: {
        list: async () => Promise.resolve(['alu', 'swissprot']),
        import: async name => {
          const file = path.join(site.root, 'conf', `${name}.properties`)
          await writeFile(file, '[GENERAL]\n')
          return file
        },
      },
    })
    expect((await site.rpc({datalist: true})).body).toMatchObject({
      status: true,
      msg: "Bank templates: ['alu', 'swissprot']",
    })
    expect((await site.rpc({dataimport: true, bank: 'alu'})).body).toMatchObject({status: false})
    expect((await site.rpc({dataimport: true, bank: 'alu'}, 'jane')).body).toMatchObject({
      status: true,
      msg: expect.stringMatching(/^Bank imported: .*alu\.properties$/) as unknown,
    })
  })

  it('is told as an event, once', async () => {
    await seen(site)
    const before = await site.store.events.lastId()
    await update('alu')
    const {events} = await site.store.events.after(before, 10)
    expect(events).toMatchObject([{type: 'job', bank: 'alu', atMs: startMs, data: {kind: 'update', state: 'queued'}}])
  })
})
