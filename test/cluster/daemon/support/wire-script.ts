import type {Asked} from './site.ts'

export type Ask = Asked

const get = (path: string, who?: Asked['who']): Ask => ({path: `/api/daemon${path}`, who})
const at = (method: string, path: string, who?: Asked['who'], body: unknown = {}): Ask => ({
  method,
  path: `/api/daemon${path}`,
  who,
  body,
})
const rpc = (options: Record<string, unknown>, who?: Asked['who']): Ask => at('POST', '', who, {options})
const both = (options: Record<string, unknown>, who?: Asked['who']): Ask[] => [
  rpc({proxy: true, json: true, ...options}, who),
  rpc({proxy: true, ...options}, who),
]

/** What can be read, by REST and by RPC, as JSON and as text. */
const reads: Ask[] = [
  get(''),
  get('/whatsup'),
  ...both({whatsup: true}),
  rpc({whatsup: true, json: true}),
  get('/maintenance'),
  get('/bank'),
  get('/bank', 'joe'),
  get('/bank', 'jane'),
  get('/bank', 'admin'),
  get('/bank', 'stranger'),
  ...both({status: true}),
  ...both({status: true}, 'jane'),
  get('/status/ko', 'jane'),
  ...both({statusko: true}, 'jane'),
  get('/stats', 'admin'),
  ...both({stats: true}, 'admin'),
  get('/history', 'admin'),
  ...both({history: true}, 'admin'),
  ...both({history: true, historyLimit: 2}, 'admin'),
  ...both({search: true, formats: 'fasta'}, 'jane'),
  ...both({search: true, formats: 'fasta', types: 'protein'}, 'jane'),
  ...['alu', 'other', 'failing', 'secret', 'nosuch'].flatMap(name => [
    get(`/bank/${name}`, 'jane'),
    get(`/bank/${name}`, 'joe'),
    get(`/bank/${name}/status`, 'jane'),
    get(`/bank/${name}/owns`, 'jane'),
    get(`/bank/${name}/owns`, 'joe'),
    get(`/bank/${name}/owns`),
    get(`/bank/${name}/check`, 'jane'),
    at('GET', `/bank/${name}/show`, 'jane'),
    ...both({status: true, bank: name}, 'jane'),
    ...both({updatestatus: true, bank: name}, 'jane'),
    ...both({show: true, bank: name}, 'jane'),
    rpc({check: true, bank: name}, 'jane'),
  ]),
  get('/bank/broken/check'),
]

/** Requests that come to nothing, one way or another. */
const refusals: Ask[] = [
  at('POST', '/bank/alu'),
  at('POST', '/bank/alu', 'stranger'),
  at('POST', '/bank/nosuch', 'jane'),
  at('POST', '/bank/broken', 'jane'),
  ...both({update: true, bank: 'alu'}),
  ...both({update: true, bank: 'nosuch'}, 'jane'),
  ...both({update: true, bank: 'broken'}, 'jane'),
  at('PUT', '/bank/alu/publish', 'joe'),
  at('PUT', '/bank/alu/freeze/1', 'joe'),
  ...both({publish: true, bank: 'alu', release: '1999-1-1'}, 'jane'),
  ...both({publish: true, bank: 'alu'}, 'joe'),
  ...both({unpublish: true, bank: 'alu'}, 'joe'),
  ...both({owner: 'joe', bank: 'alu'}, 'joe'),
  ...both({visibility: 'shared', bank: 'alu'}, 'jane'),
  ...both({visibility: 'private', bank: 'alu'}, 'joe'),
  ...both({newdir: '/nowhere', bank: 'alu'}, 'jane'),
  ...both({freeze: true, bank: 'alu'}, 'jane'),
  ...both({remove: true, bank: 'alu'}, 'jane'),
  ...both({maintenance: 'on'}, 'jane'),
  ...both({maintenance: 'maybe'}, 'jane'),
  ...both({aboutme: true, userlogin: 'jane', userpassword: 'no'}),
  ...both({aboutme: true, userlogin: 'jane'}),
  ...both({}),
  at('POST', '', 'jane'),
  at('DELETE', '/bank/alu', 'jane'),
  at('DELETE', '/whatsup'),
  get('/nothing'),
]

const about = both({aboutme: true, userlogin: 'jane', userpassword: 'jane-secret'})

export const script: ReadonlyArray<Ask | 'settle'> = [
  ...about,
  at('POST', '/aboutme', undefined, {login: 'jane', password: 'jane-secret'}),
  ...reads,
  at('POST', '/bank/alu', 'jane'),
  'settle',
  ...both({update: true, bank: 'failing'}, 'jane').slice(1),
  'settle',
  at('POST', '/bank/secret', 'jane', {publish: true}),
  'settle',
  ...reads,
  ...refusals,
  at('PUT', '/bank/alu/publish', 'jane'),
  ...reads,
  at('PUT', '/bank/alu/visibility/private', 'jane'),
  at('PUT', '/bank/alu/visibility/public', 'jane'),
  ...both({owner: 'joe', bank: 'alu'}, 'jane').slice(1),
  rpc({owner: 'jane', bank: 'alu', proxy: true, json: true}, 'joe'),
  ...both({updatecancel: true, bank: 'nosuch'}, 'jane'),
  // Nothing new, and a run by somebody's request from a step on.
  rpc({update: true, bank: 'alu', proxy: true, json: true}, 'jane'),
  'settle',
  get('/bank/alu/status', 'jane'),
  get('/bank/alu', 'jane'),
  ...both({history: true, historyLimit: 1}, 'admin'),
  at('PUT', '/bank/failing/repair', 'jane'),
  'settle',
  get('/bank/failing', 'jane'),
  ...both({history: true, historyLimit: 1}, 'admin'),
  at('DELETE', '/bank/alu/publish', 'jane'),
  at('POST', '/maintenance', 'admin'),
  get('/maintenance'),
  rpc({whatsup: true, json: true}),
  rpc({maintenance: 'off', proxy: true, json: true}, 'admin'),
  at('DELETE', '/bank/secret', 'jane', {all: true}),
  'settle',
  get('/bank', 'admin'),
  ...both({history: true, historyLimit: 1}, 'admin'),
]
