/**
 * A key and a password that exist nowhere else go through every command, while things go well and while they do not,
 * also where the cluster itself repeats the key: they come out nowhere. `login`, `logout` and `context` are looked at
 * more closely, with keychains and the arguments of all processes, in test/commands/login-secrets.test.ts.
 */
import {readdir, readFile, stat} from 'node:fs/promises'
import path from 'node:path'
import {beforeAll, describe, expect, it} from 'vitest'
import type {TestContext} from 'vitest'
import {installedPackage} from '../support/package/index.js'
import type {InstalledPackage} from '../support/package/index.js'
import {argvFor, startScene, typedCommands} from './scene.js'
import type {Scene, TypedCommand} from './scene.js'

const apiKey = 'CANARYKEY7f3a91c2'
const password = 'CANARY pass"word%2F'
const keyFile = '.local/share/biomaj/credentials/keys.json'

const repeats = 'the cluster repeats the key in its errors'

interface Situation {
  name: string
  /** What goes wrong; returns the address that the command gets. */
  arrange: (scene: Scene) => Promise<string> | string
  /** Where it depends on the command, both may be right. */
  exits: 'with 0' | 'with an error' | 'either way'
  /** The forms in which the command is run. */
  forms: readonly (readonly string[])[]
}

const everyForm = [[], ['--debug'], ['--json', '--debug'], ['--quiet', '--debug']] as const
// Without words of the cluster there is nothing that one form shows and another does not.
const tellingForms = [['--debug'], ['--json', '--debug']] as const

const situations: readonly Situation[] = [
  {name: 'all is well', exits: 'with 0', forms: everyForm, arrange: ({proxy}) => proxy.url},
  {
    name: 'the cluster does not know the key',
    exits: 'either way',
    forms: tellingForms,
    arrange: ({cluster, proxy}) => {
      cluster.state.users.splice(0)
      return proxy.url
    },
  },
  {
    name: 'nobody listens',
    exits: 'with an error',
    forms: tellingForms,
    arrange: async ({proxy}) => {
      await proxy.refuse()
      return proxy.url
    },
  },
  {
    name: repeats,
    exits: 'with an error',
    forms: everyForm,
    arrange: async ({proxy}) => {
      const fixture = path.join(import.meta.dirname, '../fixtures/wire')
      const page = await recorded(path.join(fixture, 'key-user-service-down.json'))
      const refusal = await recorded(path.join(fixture, 'rpc-key-user-service-down.json'))
      // Not of the ping, which carries no key.
      proxy.inject({kind: 'status', status: 500, body: page}, {method: 'GET', route: /^\/api\/daemon\/./})
      proxy.inject({kind: 'answer', body: refusal}, {method: 'POST'})
      return proxy.url
    },
  },
  {
    name: 'what answers cannot speak TLS',
    exits: 'with an error',
    forms: tellingForms,
    arrange: ({proxy}) => proxy.url.replace('http:', 'https:'),
  },
]

/** What BioMAJ said to jane's key, as if it had been ours. */
async function recorded(file: string): Promise<string> {
  const {response} = JSON.parse(await readFile(file, 'utf8')) as {response: {body: unknown}}
  const body = typeof response.body === 'string' ? response.body : JSON.stringify(response.body)
  expect(body).toContain('JANEKEY001')
  return body.replaceAll('JANEKEY001', apiKey)
}

let biomaj: InstalledPackage

beforeAll(async () => {
  biomaj = await installedPackage()
}, 120_000)

async function sceneOf(command: TypedCommand, {onTestFinished}: TestContext): Promise<Scene> {
  const scene = await startScene({bank: command.bank, apiKey, password})
  onTestFinished(async () => scene.stop())
  return scene
}

function environmentOf({takesUrl}: TypedCommand, url: string): Record<string, string> {
  const common = {BIOMAJ_REQUEST_TIMEOUT: '5s'}
  return takesUrl === true ? common : {...common, BIOMAJ_PROXY: url, BIOMAJ_APIKEY: apiKey}
}

/** Every form in which a secret may be written down. */
function formsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '')
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), base64]
}

const canaries = [apiKey, password].flatMap(secret => formsOf(secret))

function songs(text: string): string[] {
  return canaries.filter(canary => text.includes(canary))
}

/** Files below the folder that hold a canary. */
async function filesWithCanary(folder: string): Promise<string[]> {
  const entries = await readdir(folder, {recursive: true, withFileTypes: true})
  const found: string[] = []
  for (const entry of entries.filter(file => file.isFile())) {
    const file = path.join(entry.parentPath, entry.name)
    if (songs(await readFile(file, 'latin1')).length > 0) found.push(path.relative(folder, file))
  }
  return found
}

const cells = typedCommands
  .filter(({needs}) => needs !== 'nothing')
  .flatMap(command => situations.map(situation => ({title: `${command.name}: ${situation.name}`, command, situation})))
  // It never has a key that could be repeated before it is logged in.
  .filter(({command, situation}) => command.name !== 'login --password-stdin' || situation.name !== repeats)

describe.concurrent('key and password stay where they are', () => {
  it.for(cells)('$title', async ({command, situation}, context) => {
    for (const form of situation.forms) {
      const scene = await sceneOf(command, context)
      const url = await situation.arrange(scene)
      const home = await biomaj.newHome()
      const {code, stdout, stderr} = await biomaj.run([...argvFor(command, url), ...form], {
        env: environmentOf(command, url),
        input: command.input?.({apiKey, password}) ?? '',
        home,
      })
      expect({said: songs(stdout + stderr), stdout, stderr}).toEqual({said: [], stdout, stderr})
      const exits = code === 0 ? 'with 0' : 'with an error'
      expect(exits).toBe(situation.exits === 'either way' ? exits : situation.exits)
      const keeps = command.takesUrl === true && code === 0
      expect(await filesWithCanary(home)).toEqual(keeps ? [keyFile] : [])
    }
  })
})

it('keeps the key that was to be kept without a keychain where only its user can read it', async context => {
  const command = typedCommands.find(({name}) => name === 'login --api-key-stdin')
  if (command === undefined) throw new Error('No such command')
  const scene = await sceneOf(command, context)
  const home = await biomaj.newHome()
  await biomaj.run(argvFor(command, scene.proxy.url), {input: `${apiKey}\n`, home})
  expect(await filesWithCanary(home)).toEqual([keyFile])
  expect((await stat(path.join(home, keyFile))).mode & 0o777).toBe(0o600)
})
