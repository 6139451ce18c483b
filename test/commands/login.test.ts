import {mkdirSync} from 'node:fs'
import {createServer} from 'node:http'
import type {AddressInfo} from 'node:net'
import path from 'node:path'
import {describe, expect, it, onTestFinished} from 'vitest'
import AboutMe from '../../src/commands/about-me.js'
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

const inFile = '--insecure-storage'

function posts({requests}: {requests: ReadonlyArray<{method: string}>}): number {
  return requests.filter(({method}) => method === 'POST').length
}

function expectNothingStored(person: Person): void {
  expect([...person.files().keys()]).toEqual([])
}

describe('login in its four forms', () => {
  it('asks at a terminal, and says where the key is', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson({hidden: hiddenPort(cluster.url)})
    const run = await person.run(Login, [cluster.url, inFile, '--no-color'], {
      tty: true,
      input: `ada\n${adaPassword}\n`,
    })
    expect(run.exitCode).toBe(0)
    expect(run.stdout).toMatchInlineSnapshot(`
      "✓ Logged in as ada <ada@example.org>
        The key is kept in the file ~/.local/share/biomaj/credentials/keys.json (not encrypted).
        Context 127.0.0.1-PORT is now the current one.
      "
    `)
    expect(plain(run.stderr)).toMatchInlineSnapshot(`
      "Logging in to http://127.0.0.1:PORT
      User: ada
      Password: 
      ! Warning: The key is not encrypted: whoever reads your files can use it
      "
    `)
  })

  it('reads the password from a pipe', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson({hidden: hiddenPort(cluster.url)})
    const run = await person.run(Login, [cluster.url, '--user', 'ada', '--password-stdin', inFile], {
      input: `${adaPassword}\n`,
    })
    expect(run).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "Logging in to http://127.0.0.1:PORT
      ! Warning: The key is not encrypted: whoever reads your files can use it
      ",
        "stdout": "✓ Logged in as ada <ada@example.org>
        The key is kept in the file ~/.local/share/biomaj/credentials/keys.json (not encrypted).
        Context 127.0.0.1-PORT is now the current one.
      ",
      }
    `)
    expect(person.contexts()).toMatchObject({
      current: expect.stringContaining('127.0.0.1') as string,
      contexts: {[`127.0.0.1-${new URL(cluster.url).port}`]: {user: 'ada', credentialStore: 'file'}},
    })
    expect(person.files().get('.local/share/biomaj/credentials/keys.json')).toContain(adaKey)
  })

  it('prints one document with --json', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson({hidden: hiddenPort(cluster.url)})
    const run = await person.run(Login, [cluster.url, '-u', 'ada', '--password-stdin', inFile, '--json'], {
      input: adaPassword,
    })
    expect(run.stdout).toMatchInlineSnapshot(`
      "{
        "context": {
          "name": "127.0.0.1-PORT",
          "current": true,
          "url": "http://127.0.0.1:PORT",
          "user": "ada",
          "email": "ada@example.org",
          "credentialStore": "file",
          "keyKeptIn": "file ~/.local/share/biomaj/credentials/keys.json (not encrypted)",
          "allowHttp": false,
          "insecureTls": false,
          "caFile": null,
          "readOnly": false
        },
        "renewed": false
      }
      "
    `)
  })

  it('exits 4 for a wrong password, and stores nothing', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson({hidden: hiddenPort(cluster.url)})
    const run = await person.run(Login, [cluster.url, '--user', 'ada', '--password-stdin', inFile], {input: 'wrong\n'})
    expect(run).toMatchInlineSnapshot(`
      {
        "exitCode": 4,
        "stderr": "Logging in to http://127.0.0.1:PORT
      ✗ The cluster does not know this user and password
        Check user and password.
      ",
        "stdout": "",
      }
    `)
    expectNothingStored(person)
  })

  it('prints only the name of the context with --quiet', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson()
    const run = await person.run(
      Login,
      [cluster.url, '-u', 'ada', '--password-stdin', inFile, '--context', 'prod', '--quiet'],
      {input: adaPassword},
    )
    expect(run.stdout).toBe('prod\n')
  })
})

describe('the questions of login', () => {
  it('are asked again after a wrong password, with the user as default', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson()
    const input = `ada\nwrong\n\nwrong too\n\n${adaPassword}\n`
    const run = await person.run(Login, [cluster.url, inFile, '--no-color'], {tty: true, input})
    expect(run.exitCode).toBe(0)
    expect(plain(run.stderr)).toContain('User [ada]: ')
    expect(plain(run.stderr)).toContain('✗ Wrong user or password; one more try.')
    expect(posts(cluster)).toBe(3)
  })

  it('end after three wrong passwords', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson()
    const run = await person.run(Login, [cluster.url, inFile, '--user', 'ada'], {tty: true, input: 'a\nb\nc\nd\n'})
    expect(run.exitCode).toBe(4)
    expect(posts(cluster)).toBe(3)
    expectNothingStored(person)
  })

  it('never show the password', async () => {
    const cluster = await clusterWithUsers()
    const run = await newPerson().run(Login, [cluster.url, inFile], {tty: true, input: `ada\n${adaPassword}\n`})
    expect(run.stdout + run.stderr).not.toContain(adaPassword)
    expect(plain(run.stderr)).toContain('User: ada')
  })

  it.each([
    ['user', '\u0003'],
    ['password', 'ada\nsecr\u0003'],
  ])('end with 130 on Ctrl-C at the %s, and nothing is stored', async (_, input) => {
    const cluster = await clusterWithUsers()
    const person = newPerson()
    const run = await person.run(Login, [cluster.url, inFile], {tty: true, input})
    expect(run.exitCode).toBe(130)
    expect(run.stderr).toContain('Interrupted')
    expect(posts(cluster)).toBe(0)
    expectNothingStored(person)
  })

  it('end with 2 when the terminal is closed', async () => {
    const cluster = await clusterWithUsers()
    const run = await newPerson().run(Login, [cluster.url, inFile], {tty: true, input: 'ada\n'})
    expect(run.exitCode).toBe(2)
    expect(run.stderr).toContain('--password-stdin')
  })

  it.each<[string, string[], RegExp]>([
    ['user', ['--no-input'], /--user NAME/],
    ['password', ['--no-input', '--user', 'ada'], /--password-stdin, or a key with --api-key-stdin/],
    ['user of a piped password', ['--password-stdin'], /--user NAME/],
    ['user of a piped key', ['--api-key-stdin'], /--user NAME/],
  ])('have a flag that the error names: %s', async (_, flags, hint) => {
    const cluster = await clusterWithUsers()
    const run = await newPerson().run(Login, [cluster.url, inFile, ...flags], {input: 'x'})
    expect(run.exitCode).toBe(2)
    expect(run.stderr).toMatch(hint)
  })

  it.each([
    ['nothing', ''],
    ['only a line end', '\n'],
    ['two lines', 'a\nb\n'],
    ['a flood', 'x'.repeat(5000)],
  ])('take no password from a pipe with %s', async (_, input) => {
    const cluster = await clusterWithUsers()
    const run = await newPerson().run(Login, [cluster.url, '-u', 'ada', '--password-stdin', inFile], {input})
    expect([run.exitCode, posts(cluster)]).toEqual([2, 0])
  })

  it('are not asked of somebody who says that the password comes from a pipe, but has none', async () => {
    const cluster = await clusterWithUsers()
    const run = await newPerson().run(Login, [cluster.url, '-u', 'ada', '--password-stdin', inFile], {tty: true})
    expect(run.exitCode).toBe(2)
    expect(run.stderr).toContain('standard input is a terminal')
  })

  it('cannot be answered by a flag with the password in it', () => {
    expect(Object.keys(Login.flags)).not.toContain('password')
    expect(Object.keys(Login.flags)).not.toContain('api-key')
  })
})

describe('what a cluster says of an account', () => {
  it('cannot move the cursor or hide text, at login or later', async () => {
    const email = 'ada\u001B]0;owned\u0007\u202E@example.org\u001B[2J'
    const users = [{name: 'ada', password: adaPassword, apiKey: adaKey, email, admin: false}]
    const cluster = await clusterWithUsers({users})
    const person = newPerson()
    const login = [cluster.url, '-u', 'ada', '--password-stdin', inFile]
    const run = await person.run(Login, login, {input: adaPassword})
    expect(run.stdout).toContain('✓ Logged in as ada <ada@example.org>\n')
    expect((await person.run(AboutMe, [])).stdout).toContain('ada <ada@example.org>\n')
  })

  it('is refused when its key would break a header, and nothing is stored', async () => {
    const users = [{name: 'ada', password: adaPassword, apiKey: 'a\r\nx-evil: 1', email: '', admin: false}]
    const cluster = await clusterWithUsers({users})
    const person = newPerson()
    const login = [cluster.url, '-u', 'ada', '--password-stdin', inFile]
    expect((await person.run(Login, login, {input: adaPassword})).exitCode).toBe(4)
    expectNothingStored(person)
  })
})

describe('login with a key', () => {
  it('checks it, and takes the user on trust', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson({hidden: hiddenPort(cluster.url)})
    const run = await person.run(Login, [cluster.url, '--user', 'ada', '--api-key-stdin', inFile], {
      input: `${adaKey}\n`,
    })
    expect(run.stdout).toMatchInlineSnapshot(`
      "✓ Logged in as ada
        The key is valid, and kept in the file ~/.local/share/biomaj/credentials/keys.json (not encrypted).
        Context 127.0.0.1-PORT is now the current one.
      "
    `)
    expect(posts(cluster)).toBe(0)
  })

  it.each([
    ['the cluster does not know', 'NOSUCHKEY'],
    ['no header can carry', 'a key'],
  ])('exits 4 for one that %s', async (_, input) => {
    const cluster = await clusterWithUsers()
    const person = newPerson()
    const run = await person.run(Login, [cluster.url, '-u', 'ada', '--api-key-stdin', inFile], {input})
    expect([run.exitCode, run.stderr.includes(input)]).toEqual([4, false])
    expectNothingStored(person)
  })
})

describe('where login goes', () => {
  it('is asked for when nothing says it', async () => {
    const run = await newPerson().run(Login, [])
    expect(run).toMatchInlineSnapshot(`
      {
        "exitCode": 3,
        "stderr": "✗ Log in to which cluster?
        Give the address of its public proxy, \`biomaj login https://biomaj.example.org\`, or set BIOMAJ_PROXY.
      ",
        "stdout": "",
      }
    `)
  })

  it.each<[string, (url: string) => {argv?: string[]; env?: Record<string, string>}]>([
    ['BIOMAJ_PROXY', url => ({env: {BIOMAJ_PROXY: url}})],
    ['--context', () => ({argv: ['--context', 'prod']})],
    ['BIOMAJ_CONTEXT', () => ({env: {BIOMAJ_CONTEXT: 'prod'}})],
    ['the current context', () => ({})],
  ])('can come from %s', async (source, choose) => {
    const cluster = await clusterWithUsers()
    const person = newPerson()
    if (source !== 'BIOMAJ_PROXY')
      writeContexts(
        person.home,
        {prod: {url: cluster.url, credentialStore: 'none'}},
        source.startsWith('the') ? 'prod' : undefined,
      )
    const {argv = [], env = {}} = choose(cluster.url)
    const run = await person.run(Login, [...argv, '-u', 'ada', '--password-stdin', inFile, '--json'], {
      input: adaPassword,
      env,
    })
    expect(JSON.parse(run.stdout)).toMatchObject({context: {url: cluster.url, user: 'ada', current: true}})
  })

  it('renews the context of the same cluster and user in place', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson()
    const login = ['-u', 'ada', '--password-stdin', inFile, '--json']
    await person.run(Login, [cluster.url, '--context', 'prod', ...login], {input: adaPassword})
    const again = await person.run(Login, login, {input: adaPassword})
    expect(JSON.parse(again.stdout)).toMatchObject({renewed: true, context: {name: 'prod'}})
    expect(Object.keys((person.contexts() as {contexts: object}).contexts)).toEqual(['prod'])
  })

  it('makes a second context for another user of the same cluster, and keeps both keys', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson()
    const host = `127.0.0.1-${new URL(cluster.url).port}`
    await person.run(Login, [cluster.url, '-u', 'ada', '--password-stdin', inFile], {input: adaPassword})
    const run = await person.run(Login, ['-u', 'bob', '--password-stdin', inFile, '--quiet'], {input: 'bob-secret'})
    expect(run.stdout).toBe(`${host}-bob\n`)
    expect(person.contexts()).toMatchObject({current: `${host}-bob`, contexts: {[host]: {user: 'ada'}}})
    const keys = person.files().get('.local/share/biomaj/credentials/keys.json')
    expect(keys).toContain(adaKey)
    expect(keys).toContain('BOBKEY0001')
  })

  it('replaces the user of a context that is named, and deletes the earlier key', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson()
    const login = (user: string) => [cluster.url, '--context', 'prod', '-u', user, '--password-stdin', inFile]
    await person.run(Login, login('ada'), {input: adaPassword})
    await person.run(Login, login('bob'), {input: 'bob-secret'})
    expect(person.contexts()).toMatchObject({contexts: {prod: {user: 'bob', email: 'bob@example.org'}}})
    expect(person.files().get('.local/share/biomaj/credentials/keys.json')).not.toContain(adaKey)
  })

  it('refuses the name of another cluster before it asks anything', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson()
    writeContexts(person.home, {prod: {url: 'https://biomaj.example.org', credentialStore: 'none'}})
    const run = await person.run(Login, [cluster.url, '--context', 'prod', inFile], {tty: true})
    expect(run).toMatchInlineSnapshot(`
      {
        "exitCode": 6,
        "stderr": "[31m✗[39m There is a context "prod" already, of https://biomaj.example.org
        Give another name with --context, or forget that one: \`biomaj context remove prod\`.
      ",
        "stdout": "",
      }
    `)
    expect(cluster.requests).toEqual([])
  })

  it('tells what in the environment wins over the new context', async () => {
    const cluster = await clusterWithUsers()
    const other = await clusterWithUsers()
    const login = [cluster.url, '-u', 'ada', '--password-stdin', inFile]
    const withKey = await newPerson().run(Login, login, {input: adaPassword, env: {BIOMAJ_APIKEY: 'BOBKEY0001'}})
    expect(withKey.stderr).toContain('BIOMAJ_APIKEY is set and wins over the stored key')
    const elsewhere = await newPerson().run(Login, login, {
      input: adaPassword,
      env: {BIOMAJ_APIKEY: 'BOBKEY0001', BIOMAJ_PROXY: other.url},
    })
    expect(elsewhere.stderr).toContain(
      `BIOMAJ_PROXY is set and wins over the current context: commands in this shell use ${other.url}`,
    )
    expect(elsewhere.stderr).not.toContain('wins over the stored key')
  })
})

describe('an address that is no BioMAJ', () => {
  it.each([
    ['answers with a web page', 200, '<html><p>Welcome</p></html>'],
    ['has no such route', 404, 'not found'],
    ['answers with other JSON', 200, '{"msg": "hello"}'],
  ])('%s: exits 7 before a password is asked for', async (_, status, body) => {
    const url = await httpServer(status, body)
    const run = await newPerson({hidden: hiddenPort(url)}).run(Login, [url, inFile], {tty: true})
    expect(run.exitCode).toBe(7)
    expect(plain(run.stderr)).toContain('There is no BioMAJ at http://127.0.0.1:PORT')
    expect(plain(run.stderr)).toContain("Give the address of BioMAJ's public proxy")
    expect(run.stderr).not.toContain('User')
  })

  it('does not speak TLS: names --ca-file and --insecure', async () => {
    const url = (await httpServer(200, '')).replace('http:', 'https:')
    const run = await newPerson().run(Login, [url, inFile], {tty: true})
    expect(run.exitCode).toBe(7)
    expect(run.stderr).toContain('--ca-file')
  })

  it('is nothing at all', async () => {
    const cluster = await clusterWithUsers()
    await cluster.stop()
    const run = await newPerson({hidden: hiddenPort(cluster.url)}).run(Login, [cluster.url, inFile], {tty: true})
    expect([run.exitCode, plain(run.stderr)]).toMatchInlineSnapshot(`
      [
        7,
        "Logging in to http://127.0.0.1:PORT
      ✗ Cannot reach http://127.0.0.1:PORT: connection refused
        Check the address, the network and whether the cluster runs.
      ",
      ]
    `)
  })
})

// Not among the names of this machine, and yet it leads here.
const elsewhere = ({url}: {url: string}) => url.replace('127.0.0.1', '0.0.0.0')

describe('plain http to another host', () => {
  it('is refused without a terminal, before anything is sent', async () => {
    const cluster = await clusterWithUsers()
    const run = await newPerson({hidden: hiddenPort(cluster.url)}).run(
      Login,
      [elsewhere(cluster), '-u', 'ada', '--password-stdin', inFile],
      {input: adaPassword},
    )
    expect(run).toMatchInlineSnapshot(`
      {
        "exitCode": 4,
        "stderr": "Logging in to http://0.0.0.0:PORT
      ✗ Refused to send password and key over plain http to http://0.0.0.0:PORT
        Use an https:// address, or --allow-http if you trust every network on the way.
      ",
        "stdout": "",
      }
    `)
    expect(cluster.requests).toEqual([])
  })

  it('is asked for at a terminal, and remembered', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson()
    const run = await person.run(Login, [elsewhere(cluster), '--context', 'lan', inFile], {
      tty: true,
      input: `yes\nada\n${adaPassword}\n`,
    })
    expect(run.exitCode).toBe(0)
    expect(run.stderr).toContain('anyone on the way can read and reuse your password and key')
    expect(person.contexts()).toMatchObject({contexts: {lan: {allowHttp: true}}})
  })

  it.each(['no', ''])('is refused when the answer is "%s", before anything is sent', async answer => {
    const cluster = await clusterWithUsers()
    const person = newPerson()
    const input = `${answer}\nada\n${adaPassword}\n`
    const run = await person.run(Login, [elsewhere(cluster), inFile], {tty: true, input})
    expect([run.exitCode, cluster.requests]).toEqual([4, []])
    expectNothingStored(person)
  })

  it('is allowed by --allow-http, and remembered', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson()
    const login = ['-u', 'ada', '--password-stdin', inFile]
    const run = await person.run(Login, [elsewhere(cluster), '--allow-http', ...login], {input: adaPassword})
    expect(run.exitCode).toBe(0)
    const again = await person.run(Login, login, {input: adaPassword})
    expect(again.exitCode).toBe(0)
  })
})

describe('a keychain that cannot be used', () => {
  it('exits 3 before a password is asked for, with the ways out', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson({hidden: hiddenPort(cluster.url)})
    const run = await person.run(Login, [cluster.url], {tty: true, input: `ada\n${adaPassword}\n`})
    expect([run.exitCode, plain(run.stderr)]).toMatchInlineSnapshot(`
      [
        3,
        "Logging in to http://127.0.0.1:PORT
      ✗ The keychain cannot be used: there is no D-Bus session (DBUS_SESSION_BUS_ADDRESS is not set)
        Use BIOMAJ_APIKEY, --session-keyring (this boot only) or --insecure-storage.
      ",
      ]
    `)
    expect(posts(cluster)).toBe(0)
    expectNothingStored(person)
  })

  it.runIf(process.platform === 'linux')('exits 3 when it does not answer', async () => {
    const cluster = await clusterWithUsers()
    const bus = await trapBus()
    const person = newPerson({env: {DBUS_SESSION_BUS_ADDRESS: bus.address}})
    const run = await person.run(Login, [cluster.url, '-u', 'ada', '--password-stdin', '--json'], {input: adaPassword})
    expect(run.exitCode).toBe(3)
    expect(JSON.parse(run.stdout)).toMatchObject({
      error: {code: 'keychain_unavailable', message: 'The keychain cannot be used: it did not answer within 3 s'},
    })
    expect([bus.connections(), posts(cluster)]).toEqual([1, 0])
    expectNothingStored(person)
  })

  it('leaves no key behind when the context cannot be written', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson()
    // A directory where the lock belongs.
    mkdirSync(path.join(person.home, '.config/biomaj/contexts.json.lock'), {recursive: true})
    const run = await person.run(Login, [cluster.url, '-u', 'ada', '--password-stdin', inFile], {input: adaPassword})
    expect([run.exitCode, posts(cluster)]).toEqual([3, 1])
    expectNothingStored(person)
  })

  it('gives the earlier key back when the context cannot be written', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson()
    const login = [cluster.url, '-u', 'ada', '--password-stdin', inFile]
    await person.run(Login, login, {input: adaPassword})
    const before = person.files()
    cluster.state.users = [
      {name: 'ada', password: adaPassword, apiKey: 'RENEWED', email: 'ada@example.org', admin: false},
    ]
    mkdirSync(path.join(person.home, '.config/biomaj/contexts.json.lock'))
    expect((await person.run(Login, login, {input: adaPassword})).exitCode).toBe(3)
    expect(person.files()).toEqual(before)
  })
})

describe.runIf(process.platform === 'linux')('the kernel keyring', () => {
  it('is called what it is, never a keychain', async context => {
    const cluster = await clusterWithUsers()
    const person = newPerson()
    const run = await person.run(Login, [cluster.url, '-u', 'ada', '--password-stdin', '--session-keyring'], {
      input: adaPassword,
    })
    context.skip(run.exitCode === 3, `this machine denies it: ${run.stderr}`)
    expect(run.stdout).toContain('kept in the kernel keyring (this boot only)')
    expect(run.stdout).not.toContain('keychain')
    expect((await person.run(Logout, [])).stdout).toContain('the key is deleted')
  })
})

/** What stays on the screen: without the editor's cursor movements. */
function plain(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replaceAll(/\u001B\[[0-9;]*[A-Za-z]/g, '').replaceAll('\r', '')
}

async function httpServer(status: number, body: string): Promise<string> {
  const server = createServer((_, response) => void response.writeHead(status).end(body))
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
