import {describe, expect, it, onTestFinished} from 'vitest'
import type {BiomajClient} from '../../src/api/client.js'
import AboutMe from '../../src/commands/about-me.js'
import Login from '../../src/commands/login.js'
import {ownedBanks} from '../../src/operations/who-am-i.js'
import {trapBus} from '../config/support.js'
import {startFaultProxy} from '../support/fault-proxy/index.js'
import {aBank, type ScriptedCluster} from '../support/scripted-cluster/index.js'
import {
  adaKey,
  adaPassword,
  clusterWithUsers,
  hiddenPort,
  newPerson,
  type Person,
  writeContexts,
} from './account-support.js'

interface Somebody {
  cluster: ScriptedCluster
  person: Person
}

async function loggedIn(login: string[] = []): Promise<Somebody> {
  const banks = ['alu', 'pfam', 'zebra'].map(name => ({
    ...aBank(name),
    owner: name === 'pfam' ? 'bob' : 'ada',
    listed: true,
  }))
  const cluster = await clusterWithUsers({banks})
  const person = newPerson({hidden: hiddenPort(cluster.url)})
  const url = login.includes('--allow-http') ? cluster.url.replace('127.0.0.1', '0.0.0.0') : cluster.url
  const flags = [url, '--context', 'prod', '-u', 'ada', '--password-stdin', '--insecure-storage', ...login]
  expect((await person.run(Login, flags, {input: adaPassword})).exitCode).toBe(0)
  return {cluster, person}
}

describe('about-me in its four forms', () => {
  it('tells who, where, and that the key is valid, at a terminal', async () => {
    const {person} = await loggedIn()
    expect(await person.run(AboutMe, ['--no-color'], {tty: true})).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "! Warning: The key is not encrypted: whoever reads your files can use it
      ",
        "stdout": "User     ada <ada@example.org>
      Cluster  http://127.0.0.1:PORT (context prod)
      Key      ✓ valid
      Kept     in the file ~/.local/share/biomaj/credentials/keys.json (not encrypted)
      ",
      }
    `)
  })

  it('says the same in a pipe, with the banks', async () => {
    const {person} = await loggedIn()
    expect((await person.run(AboutMe, ['--banks'])).stdout).toMatchInlineSnapshot(`
      "User     ada <ada@example.org>
      Cluster  http://127.0.0.1:PORT (context prod)
      Key      ✓ valid
      Kept     in the file ~/.local/share/biomaj/credentials/keys.json (not encrypted)
      Banks    alu, zebra
      "
    `)
  })

  it('prints one document with --json, without a character of the key', async () => {
    const {person} = await loggedIn()
    const {stdout} = await person.run(AboutMe, ['--json', '--banks'])
    expect(stdout).toMatchInlineSnapshot(`
      "{
        "url": "http://127.0.0.1:PORT",
        "context": "prod",
        "chosenBy": "current context",
        "user": "ada",
        "email": "ada@example.org",
        "admin": null,
        "key": {
          "source": "file",
          "keptIn": "file ~/.local/share/biomaj/credentials/keys.json (not encrypted)",
          "state": "valid",
          "error": null
        },
        "allowHttp": false,
        "insecureTls": false,
        "readOnly": false,
        "caFile": null,
        "ownedBanks": [
          "alu",
          "zebra"
        ],
        "uncheckedBanks": [],
        "hint": null,
        "exitCode": 0
      }
      "
    `)
    expect(stdout).not.toContain(adaKey)
  })

  it('exits 4 and shouts for a key that the cluster does not know', async () => {
    const {cluster, person} = await loggedIn()
    cluster.state.users = []
    expect(await person.run(AboutMe, [])).toMatchInlineSnapshot(`
      {
        "exitCode": 4,
        "stderr": "! Warning: The key is not encrypted: whoever reads your files can use it
      It may have been renewed: run \`biomaj login\`.
      ",
        "stdout": "User     ada <ada@example.org>
      Cluster  http://127.0.0.1:PORT (context prod)
      Key      ✗ NOT VALID: the cluster treats you as anonymous
      Kept     in the file ~/.local/share/biomaj/credentials/keys.json (not encrypted)
      ",
      }
    `)
  })

  it('prints the user, or the banks, with --quiet', async () => {
    const {person} = await loggedIn()
    expect((await person.run(AboutMe, ['--quiet'])).stdout).toBe('ada\n')
    expect((await person.run(AboutMe, ['--quiet', '--banks'])).stdout).toBe('alu\nzebra\n')
  })
})

describe('what about-me cannot know', () => {
  it('is the user of a key from the environment, which may be another', async () => {
    const {person} = await loggedIn()
    const run = await person.run(AboutMe, [], {env: {BIOMAJ_APIKEY: 'BOBKEY0001'}})
    expect(run.exitCode).toBe(0)
    expect(run.stdout).toMatchInlineSnapshot(`
      "User     unknown (key from BIOMAJ_APIKEY)
      Cluster  http://127.0.0.1:PORT (context prod)
      Key      ✓ valid
      Kept     in BIOMAJ_APIKEY
      "
    `)
  })

  it('is whether the key is valid, when the cluster is away: prints the rest and exits 7', async () => {
    const {cluster, person} = await loggedIn()
    await cluster.stop()
    expect(await person.run(AboutMe, [])).toMatchInlineSnapshot(`
      {
        "exitCode": 7,
        "stderr": "! Warning: The key is not encrypted: whoever reads your files can use it
      Check the address, the network and whether the cluster runs.
      ",
        "stdout": "User     ada <ada@example.org>
      Cluster  http://127.0.0.1:PORT (context prod)
      Key      ? not checked: Cannot reach http://127.0.0.1:PORT: connection refused
      Kept     in the file ~/.local/share/biomaj/credentials/keys.json (not encrypted)
      ",
      }
    `)
    const {exitCode, stdout} = await person.run(AboutMe, ['--json'])
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([
      7,
      {user: 'ada', key: {state: 'not_checked', error: {code: 'unreachable'}}},
    ])
  })

  it('is the key, when there is none: exits 4', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson({hidden: hiddenPort(cluster.url)})
    expect(await person.run(AboutMe, ['--proxy', cluster.url])).toMatchInlineSnapshot(`
      {
        "exitCode": 4,
        "stderr": "Run \`biomaj login\`, or set BIOMAJ_APIKEY.
      ",
        "stdout": "User     anonymous
      Cluster  http://127.0.0.1:PORT
      Key      none: the cluster treats you as anonymous
      ",
      }
    `)
    expect(cluster.requests).toEqual([])
  })

  it('is the key, when it is gone from its store: exits 4', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson()
    writeContexts(person.home, {a: {url: cluster.url, user: 'ada', credentialStore: 'file'}}, 'a')
    const run = await person.run(AboutMe, [])
    expect([run.exitCode, run.stdout]).toEqual([
      4,
      expect.stringContaining('✗ GONE: the cluster treats you as anonymous'),
    ])
  })

  it.runIf(process.platform === 'linux')('is the key, when the keychain does not answer: exits 3', async () => {
    const cluster = await clusterWithUsers()
    const bus = await trapBus()
    const person = newPerson({env: {DBUS_SESSION_BUS_ADDRESS: bus.address}})
    writeContexts(person.home, {a: {url: cluster.url, user: 'ada', credentialStore: 'keychain'}}, 'a')
    const run = await person.run(AboutMe, [])
    expect(run.exitCode).toBe(3)
    expect(run.stdout).toMatch(/^User +ada$/m)
    expect(run.stdout).toContain('? not checked: The keychain cannot be used: it did not answer within 3 s')
    const withKey = await person.run(AboutMe, [], {env: {BIOMAJ_APIKEY: adaKey}})
    expect([withKey.exitCode, bus.connections()]).toEqual([0, 1])
  })

  it('is the owner of a bank that fails: the others are told, and the exit status tells too', async () => {
    const {cluster, person} = await loggedIn()
    const proxy = await startFaultProxy({target: cluster.url})
    onTestFinished(async () => proxy.stop())
    proxy.inject({kind: 'status', status: 500}, {route: '/api/daemon/bank/pfam/owns'})
    const env = {BIOMAJ_PROXY: proxy.url, BIOMAJ_APIKEY: adaKey}
    const {stdout, exitCode} = await person.run(AboutMe, ['--banks', '--json'], {env})
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([
      1,
      {ownedBanks: ['alu', 'zebra'], uncheckedBanks: [{bank: 'pfam', error: {code: 'server_error'}}]},
    ])
    expect((await person.run(AboutMe, ['--banks'], {env})).stdout).toMatch(/^Unknown +pfam \(.*\)$/m)
  })
})

describe('--banks', () => {
  it('asks one question for each bank, six at a time', async () => {
    const names = Array.from({length: 30}, (_, number) => `bank${number}`)
    const asked: string[] = []
    let atOnce = 0
    let most = 0
    const banks = {
      list: async () => names.map(name => ({name})),
      owns: async (name: string) => {
        asked.push(name)
        most = Math.max(most, ++atOnce)
        await new Promise(resolve => setImmediate(resolve))
        atOnce--
        return true
      },
    }
    const found = await ownedBanks({banks} as unknown as BiomajClient, new AbortController().signal)
    expect([found, asked, most]).toEqual([{owned: names, unknown: []}, names, 6])
  })

  it('shows an administrator every bank', async () => {
    const {cluster, person} = await loggedIn()
    const run = await person.run(AboutMe, ['--banks', '--quiet'], {
      env: {BIOMAJ_PROXY: cluster.url, BIOMAJ_APIKEY: 'BOBKEY0001'},
    })
    expect(run.stdout).toBe('alu\npfam\nzebra\n')
  })
})

describe('--show-key', () => {
  it('prints the key and nothing else at a terminal', async () => {
    const {person} = await loggedIn()
    expect(await person.run(AboutMe, ['--show-key'], {tty: true})).toEqual({
      exitCode: 0,
      stdout: `${adaKey}\n`,
      stderr: '',
    })
  })

  it('needs --force in a pipe', async () => {
    const {person} = await loggedIn()
    expect(await person.run(AboutMe, ['--show-key'])).toMatchInlineSnapshot(`
      {
        "exitCode": 2,
        "stderr": "✗ The key was not printed: standard output is no terminal, so it may end up in a file or log
        Add --force if that is what you want.
      ",
        "stdout": "",
      }
    `)
    expect((await person.run(AboutMe, ['--show-key', '--force'])).stdout).toBe(`${adaKey}\n`)
  })

  it('does nothing with --json, at a terminal or forced', async () => {
    const {person} = await loggedIn()
    for (const argv of [
      ['--show-key', '--json'],
      ['--show-key', '--force', '--json'],
    ]) {
      const run = await person.run(AboutMe, argv, {tty: true})
      expect([run.exitCode, run.stdout.includes(adaKey)]).toEqual([2, false])
    }
  })

  it('exits 4 when there is none', async () => {
    const run = await newPerson().run(AboutMe, ['--show-key', '--proxy', 'http://127.0.0.1:1'], {tty: true})
    expect(run.exitCode).toBe(4)
  })
})

describe('what about-me warns of each time', () => {
  it('is a key in a file', async () => {
    const {person} = await loggedIn()
    const run = await person.run(AboutMe, ['--json'])
    expect(run.stderr).toContain('whoever reads your files can use it')
  })

  it('is plain http', async () => {
    const {person} = await loggedIn(['--allow-http'])
    const run = await person.run(AboutMe, [])
    expect(run.stdout).toMatch(/^Settings +http allowed$/m)
    expect(run.stderr).toContain('Credentials travel unencrypted')
  })
})
