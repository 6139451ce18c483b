import {pino} from 'pino'
import {beforeEach, expect, it} from 'vitest'
import type {HttpHandler} from '../../../src/cluster/services/service.js'
import {openDatabase} from '../../../src/cluster/store/database/open-database.js'
import {openSqliteStore} from '../../../src/cluster/store/sqlite-store.js'
import {createAccounts} from '../../../src/cluster/user/accounts.js'
import {createUserService} from '../../../src/cluster/user/user-service.js'

let service: HttpHandler
const wireAda = {id: 'ada', email: 'ada@example.org', is_ldap: false, admin: true}

beforeEach(async () => {
  const store = openSqliteStore(openDatabase({file: ':memory:'}))
  const accounts = createAccounts({store, keyFile: null})
  await accounts.add({id: 'ada', email: 'ada@example.org', password: 'pass phrase', key: 'Q1W2E3R4T5', admin: true})
  service = createUserService({accounts, log: pino({enabled: false})})
})

async function ask(method: string, path: string, body?: unknown): Promise<{status: number; body: unknown}> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await service.fetch(
    new Request(`http://user${path}`, {method, ...(body === undefined ? {} : {body: text})}),
  )
  return {status: response.status, body: await response.json()}
}

it('answers that it is there', async () => {
  expect(await ask('GET', '/api/user')).toEqual({status: 200, body: {msg: 'pong'}})
})

it('shows users without their keys', async () => {
  expect(await ask('GET', '/api/user/info/user')).toEqual({status: 200, body: {users: [wireAda]}})
  expect(await ask('GET', '/api/user/info/user/ada')).toEqual({status: 200, body: {user: wireAda}})
  expect(await ask('GET', '/api/user/info/user/bob')).toMatchObject({status: 404})
})

it('tells whose key it is, and null for a key that nobody has', async () => {
  const user = {...wireAda, apikey: 'Q1W2E3R4T5'}
  expect(await ask('GET', '/api/user/info/apikey/Q1W2E3R4T5')).toEqual({status: 200, body: {user}})
  expect(await ask('GET', '/api/user/info/apikey/none')).toEqual({status: 200, body: {user: null}})
})

it('binds with a password or a key, and gives the key', async () => {
  const user = {...wireAda, apikey: 'Q1W2E3R4T5'}
  for (const body of [
    {type: 'password', value: 'pass phrase'},
    {type: 'apikey', value: 'Q1W2E3R4T5'},
  ]) {
    expect(await ask('POST', '/api/user/bind/user/ada', body)).toEqual({status: 200, body: {user}})
  }
})

it.each([
  ['a wrong password', 'ada', {type: 'password', value: 'wrong'}],
  ['the key as password', 'ada', {type: 'password', value: 'Q1W2E3R4T5'}],
  ['an unknown user', 'bob', {type: 'password', value: 'pass phrase'}],
  ["somebody else's key", 'bob', {type: 'apikey', value: 'Q1W2E3R4T5'}],
])('does not bind with %s', async (_, user, body) => {
  expect(await ask('POST', `/api/user/bind/user/${user}`, body)).toEqual({
    status: 401,
    body: {error: {code: 'bad_credentials', message: 'User and secret do not fit'}},
  })
})

it.each([['no JSON'], ['[]'], ['{"type":"password","value":1}'], ['null']])('refuses the body %s', async body => {
  expect(await ask('POST', '/api/user/bind/user/ada', body)).toMatchObject({status: 400})
})

it('refuses a body that is no password any more', async () => {
  const body = {type: 'password', value: 'x'.repeat(100_000)}
  expect(await ask('POST', '/api/user/bind/user/ada', body)).toMatchObject({status: 413})
})

it('makes a user, with a password of its own where none is given', async () => {
  const {status, body} = await ask('POST', '/api/user/info/user/bob', {email: 'bob@example.org'})
  expect(status).toBe(200)
  const {user, password} = body as {user: {id: string; apikey: string}; password: string}
  expect(user).toMatchObject({id: 'bob', email: 'bob@example.org', admin: false})
  expect(await ask('POST', '/api/user/bind/user/bob', {type: 'password', value: password})).toMatchObject({
    status: 200,
    body: {user: {apikey: user.apikey}},
  })
})

it('leaves a user as it is that is there already', async () => {
  expect(await ask('POST', '/api/user/info/user/ada', {password: 'other'})).toMatchObject({status: 409})
  expect(await ask('POST', '/api/user/bind/user/ada', {type: 'password', value: 'other'})).toMatchObject({status: 401})
})

it('refuses an id that would not fit into an URL', async () => {
  expect(await ask('POST', '/api/user/info/user/a%2Fb', {})).toMatchObject({status: 400})
})
