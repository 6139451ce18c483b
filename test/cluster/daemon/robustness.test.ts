import {connect} from 'node:net'
import {once} from 'node:events'
import {mkdir, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {escapeJson} from '../../../src/shared/sanitise.js'
import {bankOf, productionOf, startSite, type TestSite} from './support/site.ts'
import {published, seen, statusOf} from './support/situations.ts'

const hostileNames = [
  '..%2F',
  '../global',
  '..%2Fglobal',
  '%2Fetc%2Fpasswd',
  'a%00b',
  '%1B]0;x%07',
  'constructor',
  '__proto__',
  'biomaj',
  '-rf',
  '%E2%80%AEula',
  'x'.repeat(5000),
  '%FF%FE',
  '%',
  'a%0D%0AX-Evil: 1',
]

describe('hostile requests', () => {
  let site: TestSite

  beforeEach(async () => {
    site = await startSite()
    await published(site)
  })
  afterEach(async () => site.close())

  it.for(hostileNames)('about bank %j find no bank, and no file', async name => {
    for (const [method, route] of [
      ['GET', ''],
      ['GET', '/status'],
      ['GET', '/check'],
      ['GET', '/run'],
      ['GET', '/sessions/last/log'],
      ['POST', ''],
      ['PUT', '/repair'],
      ['DELETE', '/publish'],
    ] as const) {
      const asked = {method, path: `/api/daemon/bank/${name}${route}`, who: 'jane' as const, headers: {}}
      const told = await site.ask({...asked, ...(method === 'GET' ? {} : {body: {}})})
      expect([name.slice(0, 20), route, [400, 404, 405].includes(told.status)]).toEqual([
        name.slice(0, 20),
        route,
        true,
      ])
      expect(told.text).not.toContain('data.dir')
      expect(escapeJson(told.text)).toBe(told.text)
      expect(told.headers['x-evil']).toBeUndefined()
    }
    const decoded = decodeURIComponent(/%(?![0-9A-F]{2})|%FF/.test(name) ? 'a\u0000b' : name)
    for (const option of ['update', 'status', 'check', 'show', 'publish', 'removeall', 'repair']) {
      const told = await site.rpc({[option]: true, bank: decoded, proxy: true, json: true}, 'jane')
      expect([option, told.body]).toMatchObject([option, {status: false}])
    }
    expect(await site.queue.list({})).toEqual([])
  })

  it.for([
    ['{"options":', /400 Bad Request/],
    ['[]', /400 Bad Request/],
    ['"text"', /400 Bad Request/],
    ['null', /400 Bad Request/],
    ['{"options":[]}', /'options'/],
    ['{"options":null}', /'options'/],
    ['{"options":{"__proto__":{"update":true}}}', /no option match/],
    ['{"options":{"update":true,"bank":{"$gt":""}}}', /must be text/],
    ['{"options":{"update":true,"bank":["alu"]}}', /must be text/],
    ['{"options":{"history":true,"historyLimit":"drop"}}', /whole number/],
    ['{"options":{"history":true,"historyLimit":-1}}', /whole number/],
    ['{"options":{"freeze":true,"bank":"alu","release":{"a":1}}}', /must be text/],
  ] as const)('by RPC with %s are refused with a reason', async ([body, reason]) => {
    const told = await site.ask({method: 'POST', path: '/api/daemon', body, who: 'jane'})
    expect(told).toMatchObject({status: 200, body: {status: false, msg: expect.stringMatching(reason) as unknown}})
  })

  it.for(['[]', '"x"', '{', '1', 'null'])('by REST with the body %s are refused', async body => {
    const told = await site.ask({method: 'POST', path: '/api/daemon/bank/alu', body, who: 'jane'})
    expect(told).toMatchObject({status: 400, body: {error: {code: 'usage'}}})
    expect(await site.queue.list({})).toEqual([])
  })

  it('with a body without end are cut off', async () => {
    const body = `{"options":{"bank":"${'x'.repeat(2 * 1024 * 1024)}"}}`
    expect(await site.ask({method: 'POST', path: '/api/daemon/bank/alu', body, who: 'jane'})).toMatchObject({
      status: 413,
      body: {error: {code: 'usage'}},
    })
    const chunked = connect(Number(new URL(site.url).port), '127.0.0.1')
    chunked.write('POST /api/daemon HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
    const block = `10000\r\n${'x'.repeat(0x10000)}\r\n`
    const answer: string[] = []
    chunked.on('data', data => answer.push(String(data)))
    chunked.on('error', () => undefined)
    for (let count = 0; count < 40 && answer.length === 0; count++)
      if (!chunked.write(block)) await once(chunked, 'drain')
    chunked.end('0\r\n\r\n')
    await once(chunked, 'close')
    expect(answer.join('')).toContain('larger than 1 MiB')
  })

  it('learn nothing of a failure but where it is written', async () => {
    await site.close()
    site = await startSite({
      accounts: {
        byKey: async () => Promise.reject(new Error('database password hunter2')),
        login: async () => Promise.resolve(undefined),
      },
    })
    const headers = {'x-request-id': 'abc'}
    const told = await site.ask({path: '/api/daemon/bank', who: 'jane', headers})
    expect(told).toMatchObject({status: 500, body: {error: {code: 'server_error'}}})
    expect(told.text).toContain('request abc')
    expect(told.text).not.toContain('hunter2')
    expect(JSON.stringify(site.logged)).toContain('hunter2')
    expect((await site.rpc({status: true}, 'jane')).body).toMatchObject({status: false, error: {code: 'server_error'}})
  })
})

describe('the log of requests', () => {
  it('names each by the id of its caller, and holds no key or password', async () => {
    const site = await startSite()
    await seen(site)
    const asked = {method: 'POST', path: '/api/daemon/bank/alu', body: {}, who: 'jane' as const}
    const told = await site.ask({...asked, headers: {'x-request-id': 'from-outside'}})
    const unsafe = await site.ask({...asked, headers: {'x-request-id': 'no spaces'}})
    await site.rpc({aboutme: true, userlogin: 'jane', userpassword: 'jane-secret'})
    await site.ask({path: '/api/daemon/bank', who: 'stranger'})
    expect(told.headers['x-request-id']).toBe('from-outside')
    expect(unsafe.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(site.logged).toEqual(
      expect.arrayContaining([
        expect.objectContaining({requestId: 'from-outside', method: 'POST', status: 200, user: 'jane'}),
        expect.objectContaining({requestId: 'from-outside', bank: 'alu', kind: 'update'}),
      ]),
    )
    expect(JSON.stringify(site.logged)).not.toMatch(/JANEKEY001|NOSUCHKEY0|jane-secret/)
    await site.close()
  })
})

describe('the list of banks', () => {
  let site: TestSite

  beforeEach(async () => {
    site = await startSite()
    await published(site)
  })
  afterEach(async () => site.close())

  it('is not sent again to who has it, until a bank changes', async () => {
    const ask = async (etag: string, who?: 'jane') =>
      site.ask({path: '/api/daemon/bank', who, headers: {'if-none-match': etag}})
    const first = await ask('')
    const etag = String(first.headers['etag'])
    expect(await ask(etag)).toMatchObject({status: 304, text: ''})
    expect((await ask(etag, 'jane')).status).toBe(200)
    await site.store.banks.change('alu', bank => ({...bank, visibility: 'private'}))
    const after = await ask(etag)
    expect(after.status).toBe(200)
    expect(after.text).not.toContain('alu')
    expect((await site.ask({path: '/api/daemon/bank', who: 'jane'})).text).toContain('alu')
  })

  it('is what each may see, however many ask', async () => {
    const lists = await Promise.all(
      Array.from({length: 60}, async (_, index) => {
        const who = ([undefined, 'joe', 'jane', 'admin', 'stranger'] as const)[index % 5]
        return [who, (await site.ask({path: '/api/daemon/bank', who})).text.includes('secret')]
      }),
    )
    expect(lists.filter(([who, sees]) => sees !== (who === 'jane' || who === 'admin'))).toEqual([])
  })

  it('does not take from its cache what has changed meanwhile', async () => {
    for (let count = 0; count < 20; count++) {
      const owner = count % 2 === 0 ? 'joe' : 'jane'
      const [, list] = await Promise.all([
        site.store.banks.change('secret', bank => ({...bank, owner})),
        site.ask({path: '/api/daemon/bank', who: 'joe'}),
      ])
      expect(list.status).toBe(200)
      expect((await site.ask({path: '/api/daemon/bank', who: 'joe'})).text.includes('secret')).toBe(owner === 'joe')
    }
  })

  it('holds 10,000 banks', async () => {
    for (let count = 0; count < 10_000; count++) await site.store.banks.insert(bankOf(`bank${count}`))
    const {body, status} = await site.ask({path: '/api/daemon/bank'})
    expect([status, (body as {banks: unknown[]}).banks.length]).toEqual([200, 10_004])
  })
})

describe('the log of a bank', () => {
  it('is as many of its last lines as are asked for, from a file of any size', async () => {
    const site = await startSite()
    const file = path.join(site.root, 'log', 'alu.log')
    await mkdir(path.dirname(file), {recursive: true})
    const lines = Array.from({length: 20_000}, (_, index) => `line ${index} é`)
    await site.store.banks.insert(
      bankOf('alu', {status: statusOf('alu', {step: 'over', state: 'over'}, {logFile: file})}),
    )
    const tail = async (count: string) => (await site.ask({path: `/api/daemon/bank/alu/log/${count}`})).text
    for (const end of ['\n', '']) {
      await writeFile(file, lines.join('\n') + end)
      for (const count of [1, 2, 100, 9999, 20_000, 30_000]) {
        expect(await tail(String(count))).toBe(`${lines.slice(-count).join('\n')}${end}##END_OF_LOG`)
      }
      expect(await tail('0')).toBe(`${lines.join('\n')}${end}##END_OF_LOG`)
    }
    await writeFile(file, '')
    expect(await tail('5')).toBe('##END_OF_LOG')
    expect(await tail('many')).toContain('Failed to access log file')
    await site.close()
  })

  it('is said to be gone when it is', async () => {
    const site = await startSite()
    await published(site)
    expect((await site.ask({path: '/api/daemon/bank/alu/log'})).text).toMatch(/^Cannot access log file /)
    await site.close()
  })
})

describe('tables as text', () => {
  it('are what biomaj-cli.py prints', async () => {
    const site = await startSite()
    await published(site)
    await site.store.banks.insert(bankOf('x54', {production: [productionOf('x54', {release: '54', sizeBytes: 7})]}))
    const text = async (options: Record<string, unknown>) =>
      ((await site.rpc({proxy: true, ...options})).body as {msg: string}).msg
    expect(await text({whatsup: true})).toBe(
      'daemon      bank  action\n--------  ------  --------\nqueue          0  waiting',
    )
    expect(await text({stats: true})).toContain('| x54     | All        |      7 |\n')
    expect(await text({status: true})).toMatch(
      /^\+-+\+.*\n\| Name +\| Type\(s\) +\| Release +\| Visibility +\| Last update +\|\n\|-/,
    )
    expect(await text({check: true, bank: 'alu'})).toBe('alu check: True\n')
    expect(await text({search: true, formats: 'fasta'})).toMatch(/^Search by formats=\['fasta'\], types=\[\]\n\+/)
    expect(await text({history: true})).toMatch(/^BioMAJ history\n\+/)
    expect(await text({version: true})).toMatch(/^Version: BioMAJ modules version\n\+/)
    await site.close()
  })
})
