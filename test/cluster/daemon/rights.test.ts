import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {type Asked, startSite, type TestSite, type Who} from './support/site.ts'
import {published} from './support/situations.ts'

const at = (method: string, route: string, body: unknown = {}): Asked => ({method, path: `/api/daemon/${route}`, body})
const rpc = (options: Record<string, unknown>): Asked => ({
  method: 'POST',
  path: '/api/daemon',
  body: {options: {bank: 'alu', json: true, proxy: true, ...options}},
})

/** All that changes something of a bank. */
const writes: Record<string, Asked> = {
  update: at('POST', 'bank/alu'),
  'update by a list': at('POST', 'bank/alu,alu'),
  repair: at('PUT', 'bank/alu/repair'),
  cancel: at('PUT', 'bank/alu/cancel'),
  publish: at('PUT', 'bank/alu/publish'),
  unpublish: at('DELETE', 'bank/alu/publish'),
  freeze: at('PUT', 'bank/alu/freeze/2025-11-20'),
  unfreeze: at('DELETE', 'bank/alu/freeze/2025-11-20'),
  'remove a release': at('DELETE', 'bank/alu', {release: '2025-11-20'}),
  'remove pending ones': at('DELETE', 'bank/alu', {pending: true}),
  'remove all': at('DELETE', 'bank/alu', {all: true, force: true}),
  'give away': at('PUT', 'bank/alu/owner/joe'),
  hide: at('PUT', 'bank/alu/visibility/private'),
  rename: at('PUT', 'bank/alu/name/mine'),
  move: at('PUT', 'bank/alu/move', {path: '/tmp'}),
  'update by RPC': rpc({update: true}),
  'repair by RPC': rpc({repair: true}),
  'cancel by RPC': rpc({updatecancel: true}),
  'publish by RPC': rpc({publish: true}),
  'unpublish by RPC': rpc({unpublish: true}),
  'freeze by RPC': rpc({freeze: true, release: '2025-11-20'}),
  'unfreeze by RPC': rpc({unfreeze: true, release: '2025-11-20'}),
  'remove by RPC': rpc({remove: true, release: '2025-11-20'}),
  'remove pending ones by RPC': rpc({removepending: true}),
  'remove all by RPC': rpc({removeall: true, force: true}),
  'give away by RPC': rpc({owner: 'joe'}),
  'hide by RPC': rpc({visibility: 'private'}),
  'rename by RPC': rpc({newbank: 'mine'}),
  'move by RPC': rpc({newdir: '/tmp'}),
}

const callers: ReadonlyArray<[who: Who | undefined, status: number, code: string, owner: string]> = [
  [undefined, 401, 'login_required', 'jane'],
  ['stranger', 401, 'key_invalid', 'jane'],
  ['joe', 403, 'forbidden', 'jane'],
]

describe('who may write', () => {
  let site: TestSite

  beforeEach(async () => {
    site = await startSite()
    await published(site)
  })
  afterEach(async () => site.close())

  const everything = async () => ({
    bank: await site.store.banks.get('alu'),
    renamed: await site.store.banks.get('mine'),
    jobs: await site.queue.list({}),
    engine: [...site.engineCalls],
  })

  for (const [who, status, code] of callers) {
    it.for(Object.entries(writes))(`${who ?? 'nobody'} cannot %s`, async ([, asked]) => {
      const before = await everything()
      const told = await site.ask({...asked, who})
      const isRpc = asked.path === '/api/daemon'
      expect(told).toMatchObject({
        status: isRpc ? 200 : status,
        body: {error: {code}, msg: expect.stringMatching(/auth|owned by jane/i) as unknown},
      })
      expect(await everything()).toEqual(before)
    })
  }

  it('the owner and an administrator may write', async () => {
    for (const who of ['jane', 'admin'] as const) {
      expect(await site.ask({...writes['freeze']!, who})).toMatchObject({status: 200, body: {msg: null}})
      expect(await site.ask({...writes['update']!, who})).toMatchObject({status: 200})
    }
    expect(site.engineCalls).toEqual([
      ['freeze', 'alu', '2025-11-20', true],
      ['freeze', 'alu', '2025-11-20', true],
    ])
  })

  it('administrators may be named in the settings', async () => {
    site.settings.admins.push('joe')
    expect(await site.ask({...writes['update']!, who: 'joe'})).toMatchObject({status: 200})
    expect((await site.ask({path: '/api/daemon/whoami', who: 'joe'})).body).toMatchObject({user: {admin: true}})
  })

  it('only administrators end maintenance and push metrics nowhere', async () => {
    expect(await site.ask(at('DELETE', 'maintenance'))).toMatchObject({status: 401})
    expect(await site.rpc({maintenance: 'off'}, 'jane')).toMatchObject({body: {status: false}})
    expect(await site.ask({...at('POST', 'metrics', []), who: 'jane'})).toMatchObject({status: 401})
    expect(await site.ask({...at('POST', 'metrics', []), who: 'admin'})).toMatchObject({status: 422})
  })

  it('only somebody who exists can be given a bank', async () => {
    expect(await site.ask({...at('PUT', 'bank/alu/owner/ghost'), who: 'jane'})).toMatchObject({status: 400})
    expect((await site.store.banks.get('alu'))?.owner).toBe('jane')
  })
})
