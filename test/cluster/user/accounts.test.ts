import {execFileSync} from 'node:child_process'
import {mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {openDatabase} from '../../../src/cluster/store/database/open-database.js'
import type {Database} from '../../../src/cluster/store/database/open-database.js'
import {openSqliteStore} from '../../../src/cluster/store/sqlite-store.js'
import type {Store} from '../../../src/cluster/store/store.js'
import {createAccounts} from '../../../src/cluster/user/accounts.js'
import type {Accounts} from '../../../src/cluster/user/accounts.js'

let folder: string
let keyFile: string
let database: Database
let store: Store
let accounts: Accounts

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'biomaj-accounts-'))
  keyFile = path.join(folder, 'accounts.key')
  database = openDatabase({file: path.join(folder, 'cluster.sqlite')})
  store = openSqliteStore(database)
  accounts = createAccounts({store, keyFile})
})

afterEach(async () => {
  await store.close()
  database.close()
  await rm(folder, {recursive: true})
})

/** What Debian's BioMAJ uses. */
function python(script: string, ...values: string[]): string {
  return execFileSync('/usr/bin/python3', ['-c', script, ...values], {encoding: 'utf8'}).trim()
}

describe('keys', () => {
  it('finds a user by the key that was given at first, and by no other', async () => {
    const {apiKey} = await accounts.add({id: 'ada', email: 'ada@example.org'})
    await accounts.add({id: 'bob'})
    expect(apiKey).toMatch(/^[A-Z2-7]{32}$/)
    expect(await accounts.byKey(apiKey)).toMatchObject({id: 'ada', email: 'ada@example.org', admin: false})
    expect(await accounts.byKey(`${apiKey}x`)).toBeUndefined()
    expect(await accounts.byKey('')).toBeUndefined()
  })

  it('makes a different key for each user', async () => {
    const keys = new Set<string>()
    for (let i = 0; i < 50; i++) keys.add((await accounts.add({id: `user${i}`})).apiKey)
    expect(keys.size).toBe(50)
  })

  it('accepts a key of another BioMAJ, whatever it looks like', async () => {
    for (const [id, key] of Object.entries({short: 'Q1W2E3R4T5', odd: 'clé de Zoé / 100%'})) {
      await accounts.add({id, key})
      expect(await accounts.byKey(key)).toMatchObject({id})
    }
  })

  it('refuses a key that somebody else has, without telling who', async () => {
    await accounts.add({id: 'ada', key: 'Q1W2E3R4T5'})
    await expect(accounts.add({id: 'bob', key: 'Q1W2E3R4T5'})).rejects.toMatchObject({
      code: 'refused',
      message: expect.not.stringContaining('ada') as string,
    })
    expect(await accounts.get('bob')).toBeUndefined()
  })

  it('forgets the old key when a new one is made', async () => {
    const {apiKey} = await accounts.add({id: 'ada'})
    const renewed = await accounts.renewKey('ada')
    expect(await accounts.byKey(apiKey)).toBeUndefined()
    expect(await accounts.byKey(renewed)).toMatchObject({id: 'ada'})
  })

  it('leaves no key and no password readable in the database', async () => {
    const {apiKey} = await accounts.add({id: 'ada', password: 'correct horse'})
    await store.close()
    database.close()
    const bytes = await readFile(path.join(folder, 'cluster.sqlite'), 'latin1')
    expect(bytes).toContain('ada')
    expect(bytes).not.toContain(apiKey)
    expect(bytes).not.toContain('correct horse')
  })
})

describe('passwords', () => {
  it('gives the key to whoever knows the password, also after a restart', async () => {
    const {apiKey} = await accounts.add({id: 'ada', email: 'ada@example.org', password: 'pass phrase'})
    const restarted = createAccounts({store, keyFile})
    expect(await restarted.login({user: 'ada', password: 'pass phrase'})).toMatchObject({apiKey, account: {id: 'ada'}})
    expect(await restarted.login({user: 'ada@example.org', password: 'pass phrase'})).toMatchObject({apiKey})
    expect(await restarted.login({user: 'ada', password: 'Pass phrase'})).toBeUndefined()
    expect(await restarted.login({user: 'nobody', password: 'pass phrase'})).toBeUndefined()
  })

  it('lets nobody in without a password, not even with an empty one', async () => {
    await accounts.add({id: 'keyonly'})
    expect(await accounts.login({user: 'keyonly', password: ''})).toBeUndefined()
  })

  it.each(['secret', 'motdepasse à 100 €', 'x'.repeat(72)])('verifies what Python hashed: %s', async password => {
    const hash = python(
      'import bcrypt,sys;print(bcrypt.hashpw(sys.argv[1].encode(), bcrypt.gensalt()).decode())',
      password,
    )
    const {apiKey} = await accounts.add({id: 'old', passwordHash: hash, key: 'Q1W2E3R4T5'})
    expect(await accounts.login({user: 'old', password})).toMatchObject({apiKey})
    expect(await accounts.login({user: 'old', password: password.slice(1)})).toBeUndefined()
  })

  it('writes hashes that Python verifies', async () => {
    await accounts.add({id: 'ada', password: 'motdepasse à 100 €'})
    const hash = (await store.users.get('ada'))?.passwordHash ?? ''
    const check = 'import bcrypt,sys;print(bcrypt.checkpw(sys.argv[1].encode(), sys.argv[2].encode()))'
    expect(python(check, 'motdepasse à 100 €', hash)).toBe('True')
    expect(python(check, 'other', hash)).toBe('False')
  })

  it('changes a password', async () => {
    await accounts.add({id: 'ada', password: 'first'})
    await accounts.setPassword('ada', 'second')
    expect(await accounts.login({user: 'ada', password: 'first'})).toBeUndefined()
    expect(await accounts.login({user: 'ada', password: 'second'})).toBeDefined()
    await accounts.setPassword('ada', null)
    expect(await accounts.login({user: 'ada', password: 'second'})).toBeUndefined()
  })

  it.each([
    ['an empty one', ''],
    ['one with a null character', 'a\0b'],
    ['one that bcrypt would cut off', 'é'.repeat(37)],
  ])('refuses %s', async (_, password) => {
    await expect(accounts.add({id: 'ada', password})).rejects.toMatchObject({code: 'usage'})
    expect(await accounts.list()).toEqual([])
  })

  it('answers others between the passwords of many, and refuses what would pile up', async () => {
    await accounts.add({id: 'ada', password: 'pass phrase'})
    let turns = 0
    let ended = false
    const count = (): void => {
      turns++
      if (!ended) setImmediate(count)
    }
    setImmediate(count)
    const outcomes = await Promise.allSettled(
      Array.from({length: 30}, () => accounts.login({user: 'ada', password: 'wrong'})),
    )
    ended = true
    const refused = outcomes.filter(({status}) => status === 'rejected')
    expect(refused).toHaveLength(10)
    expect(refused[0]).toMatchObject({reason: {code: 'server_error'}})
    expect(turns).toBeGreaterThanOrEqual(20)
    expect(await accounts.login({user: 'ada', password: 'pass phrase'})).toBeDefined()
  })
})

describe('the secret of the keys', () => {
  it('is readable for its owner alone', async () => {
    await accounts.add({id: 'ada'})
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600)
  })

  it('is the same for processes that make it at the same time', async () => {
    const several = Array.from({length: 8}, () => createAccounts({store, keyFile}))
    await Promise.all(several.map((own, i) => own.add({id: `user${i}`, password: 'pass phrase', key: `key ${i}`})))
    for (let i = 0; i < 8; i++) {
      expect(await accounts.login({user: `user${i}`, password: 'pass phrase'})).toMatchObject({apiKey: `key ${i}`})
    }
  })

  it('when it is lost, keys still work but are not shown, and renewing helps', async () => {
    const {apiKey} = await accounts.add({id: 'ada', password: 'pass phrase'})
    await rm(keyFile)
    const later = createAccounts({store, keyFile})
    expect(await later.byKey(apiKey)).toMatchObject({id: 'ada'})
    await expect(later.login({user: 'ada', password: 'pass phrase'})).rejects.toMatchObject({
      code: 'refused',
      hint: 'Renew it: biomaj cluster user renew ada',
    })
    const renewed = await later.renewKey('ada')
    expect(await later.login({user: 'ada', password: 'pass phrase'})).toMatchObject({apiKey: renewed})
  })

  it('is refused when it is something else', async () => {
    await writeFile(keyFile, 'hello')
    await expect(accounts.add({id: 'ada'})).rejects.toMatchObject({code: 'config_invalid'})
  })

  it('opens a key for nobody but its owner', async () => {
    await accounts.add({id: 'ada', password: 'pass phrase'})
    await accounts.add({id: 'eve', password: 'pass phrase'})
    const stolen = (await store.users.get('ada'))?.keySealed ?? null
    await store.users.change('eve', user => ({...user, keySealed: stolen}))
    await expect(accounts.login({user: 'eve', password: 'pass phrase'})).rejects.toMatchObject({code: 'refused'})
  })
})

describe('users', () => {
  it('are listed by id, without secrets', async () => {
    await accounts.add({id: 'bob', admin: true})
    await accounts.add({id: 'ada', email: 'ada@example.org', password: 'pass phrase'})
    const listed = await accounts.list()
    expect(listed).toEqual([
      {id: 'ada', email: 'ada@example.org', admin: false, hasPassword: true, createdAtMs: expect.any(Number) as number},
      {id: 'bob', email: '', admin: true, hasPassword: false, createdAtMs: expect.any(Number) as number},
    ])
  })

  it('are made once, also when two ask at the same time', async () => {
    const outcomes = await Promise.allSettled([accounts.add({id: 'ada'}), accounts.add({id: 'ada'})])
    expect(outcomes.filter(({status}) => status === 'fulfilled')).toHaveLength(1)
    expect(outcomes.find(({status}) => status === 'rejected')).toMatchObject({reason: {code: 'refused'}})
  })

  it('can be made administrators, get another address, and be removed with their key', async () => {
    const {apiKey} = await accounts.add({id: 'ada'})
    expect(await accounts.setAdmin('ada', true)).toMatchObject({admin: true})
    expect(await accounts.setEmail('ada', 'ada@example.org')).toMatchObject({email: 'ada@example.org', admin: true})
    await accounts.remove('ada')
    expect(await accounts.byKey(apiKey)).toBeUndefined()
    await expect(accounts.remove('ada')).rejects.toMatchObject({code: 'refused', message: 'There is no user ada'})
    await expect(accounts.renewKey('ada')).rejects.toMatchObject({code: 'refused'})
  })

  it.each(['', '..', 'a/b', 'a,b', 'a b', 'a\nb', 'x'.repeat(101)])('refuses the id %j', async id => {
    await expect(accounts.add({id})).rejects.toMatchObject({code: 'usage'})
  })
})
