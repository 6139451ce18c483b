import {mkdirSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import ContextList from '../../src/commands/context/list.js'
import ContextRemove from '../../src/commands/context/remove.js'
import ContextRename from '../../src/commands/context/rename.js'
import ContextShow from '../../src/commands/context/show.js'
import ContextUse from '../../src/commands/context/use.js'
import Login from '../../src/commands/login.js'
import {adaPassword, clusterWithUsers, newPerson, type Person, writeContexts} from './account-support.js'

const contexts = {
  prod: {url: 'https://biomaj.example.org', user: 'ada', email: 'ada@example.org', credentialStore: 'keychain'},
  lab: {url: 'http://biomaj.lan:5000', user: 'ada', credentialStore: 'file', allowHttp: true, insecureTls: true},
  boot: {url: 'https://boot.example.org', user: 'ada', credentialStore: 'session-keyring', caFile: '/etc/ca.pem'},
  old: {url: 'https://old.example.org', credentialStore: 'none'},
}

function person(env: Record<string, string> = {}): Person {
  const somebody = newPerson({env})
  writeContexts(somebody.home, contexts, 'prod')
  return somebody
}

const keys = '.local/share/biomaj/credentials/keys.json'

async function loggedIn(): Promise<Person> {
  const cluster = await clusterWithUsers()
  const somebody = newPerson()
  const flags = [cluster.url, '--context', 'prod', '-u', 'ada', '--password-stdin', '--insecure-storage']
  await somebody.run(Login, flags, {input: adaPassword})
  return somebody
}

describe('a context that only reads', () => {
  it('is made by login, stays so with a new key, is shown, and is taken back', async () => {
    const cluster = await clusterWithUsers()
    const somebody = newPerson()
    const login = async (...flags: string[]) =>
      somebody.run(
        Login,
        [cluster.url, '--context', 'prod', '-u', 'ada', '--password-stdin', '--insecure-storage', ...flags],
        {input: adaPassword},
      )
    const shown = async () => (await somebody.run(ContextShow, [])).stdout
    await login('--read-only')
    expect(await shown()).toMatch(/^Settings +read-only$/m)
    expect((await somebody.run(ContextList, [])).stdout).toMatch(/ read-only$/m)
    await login()
    expect(await shown()).toContain('read-only')
    await login('--no-read-only')
    expect(await shown()).not.toContain('read-only')
  })
})

describe('context list', () => {
  it('marks the current context, at a terminal', async () => {
    const run = await person().run(ContextList, ['--no-color'], {tty: true})
    expect([run.stdout, run.stderr]).toMatchInlineSnapshot(`
      [
        "   NAME  URL                         USER  KEY             NOTES
         boot  https://boot.example.org    ada   this boot only  own CA
         lab   http://biomaj.lan:5000      ada   plain file      http, unchecked TLS
         old   https://old.example.org     -     logged out
      *  prod  https://biomaj.example.org  ada   keychain
      ",
        "",
      ]
    `)
  })

  it('says the same in a pipe', async () => {
    expect((await person().run(ContextList, [])).stdout).toMatchInlineSnapshot(`
      "   NAME  URL                         USER  KEY             NOTES
         boot  https://boot.example.org    ada   this boot only  own CA
         lab   http://biomaj.lan:5000      ada   plain file      http, unchecked TLS
         old   https://old.example.org     -     logged out
      *  prod  https://biomaj.example.org  ada   keychain
      "
    `)
  })

  it('prints one document with --json', async () => {
    const {stdout} = await person().run(ContextList, ['--json'])
    const list = JSON.parse(stdout) as {contexts: unknown[]}
    expect(list).toMatchObject({
      current: 'prod',
      contexts: [{name: 'boot'}, {name: 'lab'}, {name: 'old'}, {name: 'prod', current: true}],
    })
    expect(list.contexts[1]).toMatchInlineSnapshot(`
      {
        "allowHttp": true,
        "caFile": null,
        "credentialStore": "file",
        "current": false,
        "email": null,
        "insecureTls": true,
        "keyKeptIn": "file ~/.local/share/biomaj/credentials/keys.json (not encrypted)",
        "name": "lab",
        "readOnly": false,
        "url": "http://biomaj.lan:5000",
        "user": "ada",
      }
    `)
  })

  it('exits 0 with a word on the next step when there is none', async () => {
    const somebody = newPerson()
    expect((await somebody.run(ContextList, [])).stdout).toBe(
      'No clusters yet. Log in to one with `biomaj login URL`, or start your own with `biomaj cluster start`.\n',
    )
    expect(JSON.parse((await somebody.run(ContextList, ['--json'])).stdout)).toEqual({current: null, contexts: []})
  })

  it('tells that the environment wins', async () => {
    const run = await person({BIOMAJ_CONTEXT: 'lab'}).run(ContextList, [])
    expect(run.stderr).toBe(
      'Note: BIOMAJ_CONTEXT is set and wins over the current context: commands in this shell use context lab.\n',
    )
  })

  it('exits 3 for a file that is not ours to understand', async () => {
    const somebody = newPerson()
    writeContexts(somebody.home, {prod: {url: 'https://a.example.org', credentialStore: 'none', token: 'x'}})
    const run = await somebody.run(ContextList, ['--json'])
    expect([run.exitCode, JSON.parse(run.stdout)]).toMatchObject([3, {error: {code: 'config_invalid'}}])
  })
})

describe('context show', () => {
  it('shows the one in use, and what is unusual about it', async () => {
    const run = await person({BIOMAJ_CONTEXT: 'lab'}).run(ContextShow, ['--no-color'], {tty: true})
    expect(run).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "! Warning: The key is not encrypted: whoever reads your files can use it
      ",
        "stdout": "Context   lab
      Cluster   http://biomaj.lan:5000
      User      ada
      Key       in the file ~/.local/share/biomaj/credentials/keys.json (not encrypted)
      Settings  http allowed, certificate not checked
      ",
      }
    `)
  })

  it('shows any other by name, in a pipe', async () => {
    expect((await person().run(ContextShow, ['boot'])).stdout).toMatchInlineSnapshot(`
      "Context   boot
      Cluster   https://boot.example.org
      User      ada
      Key       in the kernel keyring (this boot only)
      Settings  CA /etc/ca.pem
      "
    `)
  })

  it('prints one document with --json', async () => {
    const {stdout} = await person().run(ContextShow, ['old', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      context: {name: 'old', current: false, user: null, credentialStore: 'none', keyKeptIn: null},
    })
  })

  it.each([
    ['the name is unknown', ['prd'], 'Known: boot, lab, old, prod.'],
    ['there is none', [], 'log in to a cluster'],
  ])('exits 5 when %s', async (_, argv, hint) => {
    const run = await (argv.length > 0 ? person() : newPerson()).run(ContextShow, argv)
    expect([run.exitCode, run.stderr]).toEqual([5, expect.stringContaining(hint)])
  })
})

describe('context use', () => {
  it('makes a context the current one', async () => {
    const somebody = person()
    expect(await somebody.run(ContextUse, ['lab', '--no-color'], {tty: true})).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "",
        "stdout": "✓ Commands now use lab (http://biomaj.lan:5000).
      ",
      }
    `)
    expect(somebody.contexts()).toMatchObject({current: 'lab'})
  })

  it('prints one document with --json, and the name with --quiet', async () => {
    expect(JSON.parse((await person().run(ContextUse, ['old', '--json'])).stdout)).toMatchObject({
      context: {name: 'old', current: true},
    })
    expect(await person().run(ContextUse, ['old', '--quiet'])).toEqual({exitCode: 0, stdout: 'old\n', stderr: ''})
  })

  it('warns that the environment wins', async () => {
    const run = await person({BIOMAJ_PROXY: 'https://else.example.org'}).run(ContextUse, ['lab'])
    expect(run.stderr).toContain('BIOMAJ_PROXY is set and wins')
  })

  it('exits 5 for an unknown name, and 2 without one', async () => {
    expect((await person().run(ContextUse, ['nope'])).exitCode).toBe(5)
    expect((await person().run(ContextUse, [])).exitCode).toBe(2)
  })
})

describe('context rename', () => {
  it('renames, and keeps what is current', async () => {
    const somebody = person()
    expect((await somebody.run(ContextRename, ['prod', 'main'])).stdout).toBe('✓ prod is now main.\n')
    expect(somebody.contexts()).toMatchObject({current: 'main', contexts: {main: {user: 'ada'}}})
    expect(JSON.parse((await somebody.run(ContextRename, ['main', 'prod', '--json'])).stdout)).toMatchObject({
      formerName: 'main',
      context: {name: 'prod', current: true},
    })
  })

  it.each([
    ['taken', 'lab', 6],
    ['no name', '-x', 2],
    ['no name', '../x', 2],
  ])('fails for a new name that is %s: %s', async (_, name, exitCode) => {
    const somebody = person()
    const before = somebody.contexts()
    expect((await somebody.run(ContextRename, ['prod', '--', name])).exitCode).toBe(exitCode)
    expect(somebody.contexts()).toEqual(before)
  })
})

describe('context remove', () => {
  it.each([
    ['y', 0, true],
    ['n', 1, false],
  ])('asks at a terminal: %s', async (answer, exitCode, removed) => {
    const somebody = await loggedIn()
    const run = await somebody.run(ContextRemove, ['prod', '--no-color'], {tty: true, input: `${answer}\n`})
    expect(run.exitCode).toBe(exitCode)
    expect(run.stderr).toContain('and delete its key? [y/N]')
    expect(somebody.files().has(keys)).toBe(!removed)
    expect(run.stdout).toBe(removed ? '✓ prod is forgotten. Its key is deleted.\n' : '')
  })

  it('ends with 130 on Ctrl-C, and nothing is removed', async () => {
    const somebody = person()
    const before = somebody.contexts()
    const run = await somebody.run(ContextRemove, ['prod'], {tty: true, input: '\u0003'})
    expect(run.exitCode).toBe(130)
    expect(somebody.contexts()).toEqual(before)
  })

  it('wants --yes without a terminal', async () => {
    const run = await person().run(ContextRemove, ['old'])
    expect([run.exitCode, run.stderr]).toEqual([2, expect.stringContaining('--yes')])
  })

  it('prints one document with --json', async () => {
    const somebody = await loggedIn()
    const run = await somebody.run(ContextRemove, ['prod', '--yes', '--json'])
    expect(JSON.parse(run.stdout)).toMatchObject({key: 'deleted', context: {name: 'prod', current: true}})
    expect(somebody.contexts()).toEqual({version: 1, contexts: {}})
  })

  it('keeps the key of another context', async () => {
    const somebody = newPerson()
    const shared = {user: 'ada', credentialStore: 'file'}
    writeContexts(somebody.home, {
      a: {url: 'https://a.example.org/one', ...shared},
      b: {url: 'https://a.example.org/two', ...shared},
    })
    const run = await somebody.run(ContextRemove, ['a', '--yes', '--json'])
    expect(JSON.parse(run.stdout)).toMatchObject({key: 'shared'})
  })

  it('exits 3 when the keychain cannot be used, removes nothing, and names --keep-key', async () => {
    const somebody = person()
    const before = somebody.contexts()
    const run = await somebody.run(ContextRemove, ['prod', '--yes'])
    expect([run.exitCode, run.stderr]).toEqual([3, expect.stringContaining('--keep-key')])
    expect(somebody.contexts()).toEqual(before)
    const kept = await somebody.run(ContextRemove, ['prod', '--yes', '--keep-key'])
    expect(kept.stdout).toBe('✓ prod is forgotten. Its key stays where it was.\n')
    expect(kept.stderr).toContain('No context is the current one now')
  })

  it('puts the key back when the context cannot be removed', async () => {
    const somebody = await loggedIn()
    const before = somebody.files()
    mkdirSync(path.join(somebody.home, '.config/biomaj/contexts.json.lock'))
    expect((await somebody.run(ContextRemove, ['prod', '--yes'])).exitCode).toBe(3)
    expect(somebody.files()).toEqual(before)
  })

  it('exits 5 for an unknown name', async () => {
    expect((await person().run(ContextRemove, ['nope', '--yes'])).exitCode).toBe(5)
  })
})
