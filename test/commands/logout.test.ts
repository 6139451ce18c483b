import {mkdirSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import Login from '../../src/commands/login.js'
import Logout from '../../src/commands/logout.js'
import {trapBus} from '../config/support.js'
import {
  adaKey,
  adaPassword,
  clusterWithUsers,
  hiddenPort,
  newPerson,
  type Person,
  writeContexts,
} from './account-support.js'

const keys = '.local/share/biomaj/credentials/keys.json'

async function loggedIn(): Promise<Person> {
  const cluster = await clusterWithUsers()
  const person = newPerson({hidden: hiddenPort(cluster.url)})
  const flags = [cluster.url, '--context', 'prod', '-u', 'ada', '--password-stdin', '--insecure-storage']
  expect((await person.run(Login, flags, {input: adaPassword})).exitCode).toBe(0)
  return person
}

describe('logout in its four forms', () => {
  it('deletes the key and keeps the context, at a terminal', async () => {
    const person = await loggedIn()
    const run = await person.run(Logout, ['--no-color'], {tty: true})
    expect(run).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "A copy of it would stay valid: BioMAJ cannot revoke keys, only renew them.
      ",
        "stdout": "✓ Logged out of prod (ada): the key is deleted.
      ",
      }
    `)
    expect(person.files().has(keys)).toBe(false)
    expect(person.contexts()).toMatchObject({current: 'prod', contexts: {prod: {user: 'ada', credentialStore: 'none'}}})
  })

  it('says the same in a pipe', async () => {
    const person = await loggedIn()
    expect(await person.run(Logout, [])).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "A copy of it would stay valid: BioMAJ cannot revoke keys, only renew them.
      ",
        "stdout": "✓ Logged out of prod (ada): the key is deleted.
      ",
      }
    `)
  })

  it('prints one document with --json', async () => {
    const person = await loggedIn()
    expect((await person.run(Logout, ['--json'])).stdout).toMatchInlineSnapshot(`
      "{
        "logouts": [
          {
            "context": "prod",
            "url": "http://127.0.0.1:PORT",
            "user": "ada",
            "state": "logged_out",
            "keyWasThere": true,
            "error": null,
            "exitCode": 0
          }
        ]
      }
      "
    `)
  })

  it('exits 5 for a context that is not there', async () => {
    const person = await loggedIn()
    expect(await person.run(Logout, ['--context', 'test'])).toMatchInlineSnapshot(`
      {
        "exitCode": 5,
        "stderr": "✗ There is no context "test"
        Known: prod.
      ",
        "stdout": "",
      }
    `)
  })
})

describe('logout', () => {
  it('is done already when there is nothing to log out of', async () => {
    const person = await loggedIn()
    await person.run(Logout, [])
    const again = await person.run(Logout, [])
    expect([again.exitCode, again.stdout]).toEqual([0, '- You were not logged in to prod (ada).\n'])
    expect(await newPerson().run(Logout, [])).toEqual({exitCode: 0, stdout: 'You were not logged in.\n', stderr: ''})
  })

  it('says so when the key was gone from its store', async () => {
    const person = newPerson()
    writeContexts(person.home, {a: {url: 'https://a.example.org', user: 'ada', credentialStore: 'file'}}, 'a')
    const run = await person.run(Logout, [])
    expect(run.stdout).toContain('the key was gone already')
    expect(person.contexts()).toMatchObject({contexts: {a: {credentialStore: 'none'}}})
  })

  it('logs out of every context with --all', async () => {
    const person = await loggedIn()
    const other = await clusterWithUsers()
    const flags = [other.url, '--context', 'test', '-u', 'bob', '--password-stdin', '--insecure-storage']
    await person.run(Login, flags, {input: 'bob-secret'})
    const run = await person.run(Logout, ['--all', '--quiet'])
    expect(run).toEqual({exitCode: 0, stdout: 'prod\ntest\n', stderr: ''})
    expect(person.files().has(keys)).toBe(false)
  })

  it('logs out every context that has the same key', async () => {
    const person = newPerson()
    const shared = {user: 'ada', credentialStore: 'file'}
    writeContexts(
      person.home,
      {a: {url: 'https://a.example.org/one', ...shared}, b: {url: 'https://a.example.org/two', ...shared}},
      'a',
    )
    const run = await person.run(Logout, ['--context', 'a', '--quiet'])
    expect(run.stdout).toBe('a\nb\n')
  })

  it('warns that BIOMAJ_APIKEY goes on being used', async () => {
    const person = await loggedIn()
    const run = await person.run(Logout, [], {env: {BIOMAJ_APIKEY: adaKey}})
    expect(run.stderr).toContain('BIOMAJ_APIKEY is still set')
    expect(run.stdout + run.stderr).not.toContain(adaKey)
  })
})

describe('a logout that cannot be done', () => {
  it.runIf(process.platform === 'linux')(
    'exits 3 when the keychain does not answer, and the context stays',
    async () => {
      const bus = await trapBus()
      const person = newPerson({env: {DBUS_SESSION_BUS_ADDRESS: bus.address}})
      writeContexts(person.home, {a: {url: 'https://a.example.org', user: 'ada', credentialStore: 'keychain'}}, 'a')
      const before = person.files()
      expect(await person.run(Logout, [])).toMatchInlineSnapshot(`
        {
          "exitCode": 3,
          "stderr": "✗ The keychain cannot be used: it did not answer within 3 s; the key of ada at https://a.example.org stays there
          Try again when it answers, or delete the entry "biomaj" with the keychain's own program.
        ",
          "stdout": "",
        }
      `)
      expect(person.files()).toEqual(before)
    },
  )

  it('does not keep --all from the others', async () => {
    const person = await loggedIn()
    const {contexts} = person.contexts() as {contexts: Record<string, object>}
    const dead = {url: 'https://a.example.org', user: 'ada', credentialStore: 'keychain'}
    writeContexts(person.home, {a: dead, ...contexts}, 'a')
    const run = await person.run(Logout, ['--all', '--json'])
    expect(run.exitCode).toBe(3)
    expect(JSON.parse(run.stdout)).toMatchObject({
      logouts: [
        {context: 'a', state: 'failed', exitCode: 3, error: {code: 'keychain_unavailable'}},
        {context: 'prod', state: 'logged_out', exitCode: 0, error: null},
      ],
    })
    expect(person.contexts()).toMatchObject({
      contexts: {a: {credentialStore: 'keychain'}, prod: {credentialStore: 'none'}},
    })
  })

  it('puts the key back when the context cannot be written', async () => {
    const person = await loggedIn()
    const before = person.files()
    mkdirSync(path.join(person.home, '.config/biomaj/contexts.json.lock'))
    expect((await person.run(Logout, [])).exitCode).toBe(3)
    expect(person.files()).toEqual(before)
  })
})
