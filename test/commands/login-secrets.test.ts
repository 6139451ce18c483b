import {readdirSync, readFileSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import {describe, expect, it, onTestFinished} from 'vitest'
import AboutMe from '../../src/commands/about-me.js'
import Completion from '../../src/commands/completion.js'
import ContextList from '../../src/commands/context/list.js'
import ContextRemove from '../../src/commands/context/remove.js'
import ContextRename from '../../src/commands/context/rename.js'
import ContextShow from '../../src/commands/context/show.js'
import ContextUse from '../../src/commands/context/use.js'
import Login from '../../src/commands/login.js'
import Logout from '../../src/commands/logout.js'
import {processesWith} from '../config/support.js'
import {startFaultProxy} from '../support/fault-proxy/index.js'
import {installedPackage} from '../support/package/index.js'
import type {CommandClass} from '../support/run-command.js'
import {
  adaKey,
  adaPassword,
  clusterWithUsers,
  keyringSession,
  newPerson,
  noKeyring,
  type Person,
} from './account-support.js'

const canary = 'CANARY'
const keyFile = '.local/share/biomaj/credentials/keys.json'

interface Step {
  title: string
  /** Default 0. */
  exits?: number
  Class: CommandClass
  argv: string[]
  input?: string
  env?: Record<string, string>
  /** The key is in the key file afterwards, where the user wanted it. */
  keyInFile?: boolean
}

const passwordLogin = ['-u', 'ada', '--password-stdin', '--insecure-storage']
const keyLogin = ['-u', 'ada', '--api-key-stdin', '--insecure-storage']
const badKey = {BIOMAJ_APIKEY: `${canary} with spaces`}
const unknownKey = {BIOMAJ_APIKEY: `${canary}unknown`}

/** In this order: each works on what the one before left. `URL` is the cluster, `DEAD` one that hangs up, `HTML` no BioMAJ. */
const steps: Step[] = [
  {
    title: 'login without a keychain',
    exits: 3,
    Class: Login,
    argv: ['URL', '-u', 'ada', '--password-stdin'],
    input: adaPassword,
  },
  {title: 'login, wrong password', exits: 4, Class: Login, argv: ['URL', ...passwordLogin], input: `${canary}wrong`},
  {title: 'login, cluster gone', exits: 7, Class: Login, argv: ['DEAD', ...passwordLogin], input: adaPassword},
  {title: 'login, no BioMAJ', exits: 7, Class: Login, argv: ['HTML', ...passwordLogin], input: adaPassword},
  {
    title: 'login, two lines',
    exits: 2,
    Class: Login,
    argv: ['URL', ...passwordLogin],
    input: `${adaPassword}\n${adaPassword}`,
  },
  {
    title: 'login, secret as an argument',
    exits: 2,
    Class: Login,
    argv: ['URL', 'extra', ...passwordLogin],
    input: adaPassword,
  },
  {
    title: 'login, password in the URL',
    exits: 2,
    Class: Login,
    argv: [`http://ada:${adaPassword}@127.0.0.1:1`],
    input: '',
  },
  {title: 'login, unknown key', exits: 4, Class: Login, argv: ['URL', ...keyLogin], input: `${canary}unknown`},
  {title: 'login, malformed key', exits: 4, Class: Login, argv: ['URL', ...keyLogin], input: `${canary} é`},
  {title: 'login', Class: Login, argv: ['URL', ...passwordLogin], input: adaPassword, keyInFile: true},
  {
    title: 'login with a key',
    Class: Login,
    argv: ['URL', ...keyLogin],
    input: adaKey,
    env: unknownKey,
    keyInFile: true,
  },
  {title: 'login, bad variable', Class: Login, argv: ['URL', ...keyLogin], input: adaKey, env: badKey, keyInFile: true},
  {title: 'about-me', Class: AboutMe, argv: ['--banks'], keyInFile: true},
  {title: 'about-me, unknown key', exits: 4, Class: AboutMe, argv: [], env: unknownKey, keyInFile: true},
  {title: 'about-me, bad key', exits: 4, Class: AboutMe, argv: [], env: badKey, keyInFile: true},
  {
    title: 'about-me, key for another cluster',
    exits: 4,
    Class: AboutMe,
    argv: ['--proxy', 'DEAD'],
    env: unknownKey,
    keyInFile: true,
  },
  {
    title: 'about-me, no BioMAJ',
    exits: 7,
    Class: AboutMe,
    argv: ['--proxy', 'HTML'],
    env: {...unknownKey, BIOMAJ_PROXY: 'HTML'},
    keyInFile: true,
  },
  {title: 'about-me, key kept back', exits: 2, Class: AboutMe, argv: ['--show-key'], keyInFile: true},
  {title: 'context list', Class: ContextList, argv: [], env: badKey, keyInFile: true},
  {title: 'context show', Class: ContextShow, argv: [], env: unknownKey, keyInFile: true},
  {title: 'context show, unknown', exits: 5, Class: ContextShow, argv: ['nope'], keyInFile: true},
  {title: 'context use', Class: ContextUse, argv: ['NAME'], env: unknownKey, keyInFile: true},
  {title: 'context rename', Class: ContextRename, argv: ['NAME', 'prod'], keyInFile: true},
  {title: 'completion', Class: Completion, argv: ['bash'], env: unknownKey, keyInFile: true},
  {title: 'context remove, not agreed', exits: 2, Class: ContextRemove, argv: ['prod'], keyInFile: true},
  {title: 'logout', Class: Logout, argv: [], env: unknownKey},
  {title: 'context remove', Class: ContextRemove, argv: ['prod', '--yes']},
]

describe.each([[[]], [['--debug']], [['--json']], [['--json', '--debug']]])('with %j', more => {
  it('no command shows or keeps password or key where they do not belong', {timeout: 60_000}, async () => {
    const cluster = await clusterWithUsers()
    const proxy = await startFaultProxy({target: cluster.url})
    onTestFinished(async () => proxy.stop())
    proxy.inject({kind: 'captive-portal'}, {route: '/html/'})
    proxy.inject({kind: 'hang-up'}, {method: 'POST'})
    const person = newPerson()
    const places: Record<string, string> = {
      URL: cluster.url,
      DEAD: proxy.url,
      HTML: `${proxy.url}/html`,
      NAME: `127.0.0.1-${new URL(cluster.url).port}`,
    }
    const place = (word: string) => places[word] ?? word
    for (const {title, exits = 0, Class, argv, input = '', env = {}, keyInFile = false} of steps) {
      const words = [...argv.map(place), ...more]
      const {exitCode, stdout, stderr} = await person.run(Class, words, {
        input,
        env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, place(value)])),
      })
      expect([title, exitCode]).toEqual([title, exits])
      expect(`${stdout}${stderr}`, `${title}: output`).not.toContain(canary)
      expect(filesWithCanary(person), `${title}: files`).toEqual(keyInFile ? [keyFile] : [])
    }
  })
})

function filesWithCanary(person: Person): string[] {
  return [...person.files()].flatMap(([file, text]) => (text.includes(canary) ? [file] : []))
}

describe('secrets in the key file', () => {
  it('are not quoted by the error about a broken one', async () => {
    const cluster = await clusterWithUsers()
    const person = newPerson()
    await person.run(Login, [cluster.url, ...passwordLogin], {input: adaPassword})
    writeFileSync(path.join(person.home, keyFile), `{"version": 1, "keys": {"ada": ${adaKey}`)
    for (const argv of [[], ['--json', '--debug']]) {
      const run = await person.run(AboutMe, argv)
      expect([run.exitCode, `${run.stdout}${run.stderr}`.includes(canary)]).toEqual([3, false])
    }
  })
})

describe('secrets on standard input', () => {
  it('are no arguments that were left out', async () => {
    const biomaj = await installedPackage()
    for (const argv of [
      ['login', ...passwordLogin],
      ['login', ...keyLogin],
      ['context', 'use'],
    ]) {
      const run = await biomaj.run(argv, {input: `${canary}\n`})
      expect([argv, run.code]).toEqual([argv, expect.toBeOneOf([2, 3])])
      expect(`${run.stdout}${run.stderr}`).not.toContain(canary)
    }
  })

  it('are for the cluster that is known already when there is no URL', async () => {
    const cluster = await clusterWithUsers()
    const biomaj = await installedPackage()
    const run = await biomaj.run(['login', ...passwordLogin], {
      input: adaPassword,
      env: {BIOMAJ_PROXY: cluster.url},
    })
    expect([run.code, run.stdout]).toEqual([0, expect.stringContaining('Logged in as ada')])
  })
})

describe.runIf(process.platform === 'linux')('secrets and processes', () => {
  it('are in no argument while login waits for the cluster', async () => {
    const cluster = await clusterWithUsers()
    const proxy = await startFaultProxy({target: cluster.url})
    onTestFinished(async () => proxy.stop())
    proxy.inject({kind: 'silence'}, {method: 'POST'})
    const biomaj = await installedPackage()
    const running = await biomaj.start(['login', proxy.url, ...passwordLogin], {input: adaPassword})
    await proxy.waitForRequest(({method}) => method === 'POST')
    expect(processesWith('login').length).toBeGreaterThan(0)
    expect(processesWith(canary)).toEqual([])
    running.signal('SIGINT')
    expect((await running.result).code).toBe(130)
  })

  it('are in the clear in no file of a real keyring', {timeout: 60_000}, async context => {
    const missing = noKeyring()
    context.skip(missing !== undefined, missing)
    const session = await keyringSession()
    const cluster = await clusterWithUsers()
    const person = newPerson({env: session.env})
    const login = await person.run(Login, [cluster.url, '-u', 'ada', '--password-stdin'], {input: adaPassword})
    expect([login.exitCode, login.stderr.includes('Warning')]).toEqual([0, false])
    expect((await person.run(AboutMe, [])).exitCode).toBe(0)
    const keyring = readdirSync(session.home, {recursive: true, withFileTypes: true})
      .filter(entry => entry.isFile())
      .filter(({parentPath, name}) => readFileSync(path.join(parentPath, name), 'latin1').includes(canary))
    expect([filesWithCanary(person), keyring]).toEqual([[], []])
  })
})
