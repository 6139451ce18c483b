import {spawn} from 'node:child_process'
import {once} from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import {createInterface} from 'node:readline'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {Keychain, type KeychainOptions} from '../../src/config/credentials/keychain.js'
import type {Environment} from '../../src/config/environment.js'
import {BiomajError} from '../../src/shared/errors.js'
import {Secret} from '../../src/shared/secret.js'
import {bundle, failure, missingPrograms, processesWith, temporaryDirectory, trapBus} from './support.js'

const account = 'ada@https://biomaj.example.org'
const canary = 'CANARY7F3Q'
let scratch: string
let childScript: string

beforeAll(async () => {
  scratch = fs.mkdtempSync('/tmp/biomaj-keychain-')
  childScript = await bundle('src/config/credentials/keychain-child.ts', {directory: path.join(scratch, 'dist')})
})
afterAll(() => fs.rmSync(scratch, {recursive: true, force: true}))

function keychain(options: Partial<KeychainOptions> = {}): Keychain {
  return new Keychain({kind: 'keychain', childScript, env: {}, platform: 'linux', ...options})
}

function expectWaysOut(error: BiomajError): void {
  expect(error.code).toBe('keychain_unavailable')
  expect(error.hint).toContain('BIOMAJ_APIKEY')
  expect(error.hint).toContain('--insecure-storage')
}

describe.runIf(process.platform === 'linux')('a keychain that never answers', () => {
  it('is given up, its process is killed, and the secret was nowhere to be seen', async () => {
    const bus = await trapBus()
    const home = temporaryDirectory()
    const env = {
      DBUS_SESSION_BUS_ADDRESS: bus.address,
      HOME: home,
      BIOMAJ_APIKEY: canary,
      NODE_OPTIONS: `--title=${canary}`,
    }
    const startedAt = performance.now()
    const ended = failure(async () => keychain({env}).set(account, new Secret(canary)))
    await expect.poll(() => bus.connections()).toBe(1)

    const [child, ...others] = processesWith(childScript)
    expect(others).toEqual([])
    expect(child?.environment).toContain('DBUS_SESSION_BUS_ADDRESS')
    expect(child?.environment).not.toContain(canary)
    expect(processesWith(canary)).toEqual([])

    const error = await ended
    expectWaysOut(error)
    expect(error.message).toBe('The keychain cannot be used: it did not answer within 3 s')
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    await expect.poll(() => processesWith(childScript)).toEqual([])
    expect([error.message, error.hint, error.stack, JSON.stringify(error.details)].join('')).not.toContain(canary)
    expect(fs.readdirSync(home)).toEqual([])
  })

  it('is waited for longer when a person may have to unlock it', async () => {
    const bus = await trapBus()
    const env = {DBUS_SESSION_BUS_ADDRESS: bus.address}
    let isOver = false
    const ended = failure(async () => keychain({env, interactive: true}).get(account)).finally(() => {
      isOver = true
    })
    // The plain one started later and has given up by the time we look: no clock of ours decides.
    await failure(async () => keychain({env}).get(account))
    expect(isOver).toBe(false)
    bus.close()
    expectWaysOut(await ended)
  })

  it('does not outlive a client that ends early', async () => {
    const bus = await trapBus()
    const directory = path.join(temporaryDirectory(), 'client')
    const client = await bundle('test/config/keychain-client.ts', {directory})
    const child = spawn(process.execPath, [client, childScript], {
      env: {DBUS_SESSION_BUS_ADDRESS: bus.address},
      stdio: ['pipe', 'inherit', 'inherit'],
    })
    await expect.poll(() => bus.connections()).toBe(1)
    expect(processesWith(childScript).length).toBeGreaterThan(1)
    child.stdin.end()
    await once(child, 'exit')
    await expect.poll(() => processesWith(childScript)).toEqual([])
  })
})

describe.runIf(process.platform === 'linux')('a keychain that is not there', () => {
  it.each<[string, Environment, string]>([
    ['no D-Bus', {}, 'there is no D-Bus session (DBUS_SESSION_BUS_ADDRESS is not set)'],
    ['a D-Bus path without a socket', {DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus'}, '/nonexistent/bus'],
    ['a nonsense D-Bus address', {DBUS_SESSION_BUS_ADDRESS: 'nonsense'}, 'D'],
  ])('is an error for every call, never another store: %s', async (_, env, reason) => {
    const store = keychain({env})
    for (const call of [
      async () => store.probe(),
      async () => store.get(account),
      async () => store.set(account, new Secret(canary)),
      async () => store.delete(account),
    ]) {
      const error = await failure(call)
      expectWaysOut(error)
      expect(error.message).toContain(reason)
      expect(JSON.stringify([error.message, error.details])).not.toContain(canary)
    }
  })

  it('is an error when the native module is missing', async () => {
    const bare = await bundle('src/config/credentials/keychain-child.ts', {
      directory: path.join(scratch, 'bare'),
      packages: false,
    })
    const error = await failure(async () => keychain({childScript: bare}).probe())
    expectWaysOut(error)
    expect(error.message).toContain(`native module does not load on ${process.platform}-${process.arch}`)
  })

  it.each([
    ['is missing', undefined, 'ended with status 1'],
    ['writes nonsense', 'process.stdout.write("{")', 'ended with status 0'],
    ['writes another document', 'process.stdout.write(\'{"outcome":"done","secret":1}\')', 'ended with status 0'],
    ['crashes', 'process.kill(process.pid, "SIGSEGV")', 'ended by SIGSEGV'],
    ['floods', 'process.stdout.write("x".repeat(1e6)); setInterval(() => 0, 1000)', 'ended by SIGKILL'],
    ['does not read its request', 'process.stdin.destroy(); process.exitCode = 3', 'ended with status 3'],
  ])('is an error when the helper %s', async (_, code, reason) => {
    const broken = path.join(temporaryDirectory(), 'broken.mjs')
    if (code !== undefined) fs.writeFileSync(broken, code)
    const error = await failure(async () => keychain({childScript: broken}).get(account))
    expectWaysOut(error)
    expect(error.message).toContain(reason)
  })

  it('does not pass hostile words of the system on to the terminal', async () => {
    const hostile = path.join(temporaryDirectory(), 'hostile.mjs')
    fs.writeFileSync(
      hostile,
      'process.stdout.write(JSON.stringify({outcome: "failed", problem: "platform", message: "a\\u001b]0;x\\u0007\\nb"}))',
    )
    const error = await failure(async () => keychain({childScript: hostile}).get(account))
    expect(error.message).toBe('The keychain cannot be used: a b')
  })
})

describe('the names of the stores', () => {
  it.each([
    ['linux', 'keychain', 'Secret Service'],
    ['darwin', 'keychain', 'macOS Keychain'],
    ['win32', 'keychain', 'Windows Credential Manager'],
    ['linux', 'session-keyring', 'kernel keyring (this boot only)'],
  ] as const)('on %s, %s is %s', (platform, kind, backend) => {
    expect(keychain({platform, kind}).backend).toBe(backend)
  })

  it('know no kernel keyring outside Linux', async () => {
    const error = await failure(() => keychain({platform: 'darwin', kind: 'session-keyring'}))
    expect([error.code, error.message]).toEqual([
      'keychain_unavailable',
      'The keychain cannot be used: only Linux has a kernel keyring',
    ])
  })
})

const missing = missingPrograms('dbus-run-session', 'gnome-keyring-daemon')
const isRequired = process.env['BIOMAJ_TEST_REQUIRE_KEYRING'] === '1'

describe('a real keyring', () => {
  beforeEach(context => {
    if (missing.length > 0 && !isRequired) context.skip(`this machine lacks ${missing.join(' and ')}`)
  })

  it('keeps, gives back, replaces and deletes keys', {timeout: 60_000}, async () => {
    const session = await startSession('printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null')
    const store = keychain({env: session.env})
    expect([store.kind, store.backend]).toEqual(['keychain', 'Secret Service'])
    await store.probe()
    expect(await store.get(account)).toBeUndefined()
    await store.set(account, new Secret(canary))
    expect((await store.get(account))?.reveal()).toBe(canary)
    expect(await store.get('ada@http://biomaj.example.org')).toBeUndefined()
    await store.set(account, new Secret('S2'))
    expect((await store.get(account))?.reveal()).toBe('S2')
    expect(await store.delete(account)).toBe(true)
    expect(await store.delete(account)).toBe(false)
    expect(await store.get(account)).toBeUndefined()
    await session.end()
  })

  it('writes the key to no file in the clear', {timeout: 60_000}, async () => {
    const session = await startSession('printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null')
    await keychain({env: session.env}).set(account, new Secret(canary))
    const files = fs.readdirSync(session.home, {recursive: true, withFileTypes: true}).filter(entry => entry.isFile())
    expect(files.length).toBeGreaterThan(0)
    const inTheClear = files.filter(file => fs.readFileSync(path.join(file.parentPath, file.name)).includes(canary))
    expect(inTheClear.map(({name}) => name)).toEqual([])
    await session.end()
  })

  it('serves 8 clients at once', {timeout: 60_000}, async () => {
    const session = await startSession('printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null')
    const store = keychain({env: session.env})
    const numbers = Array.from({length: 8}, (_, number) => number)
    await Promise.all(numbers.map(number => store.set(`u${number}@x`, new Secret(`S${number}`))))
    const found = await Promise.all(numbers.map(async number => (await store.get(`u${number}@x`))?.reveal()))
    expect(found).toEqual(numbers.map(number => `S${number}`))
    await session.end()
  })

  it('is an error while no collection was ever made', {timeout: 60_000}, async () => {
    const session = await startSession('true')
    const error = await failure(async () => keychain({env: session.env}).probe())
    expectWaysOut(error)
    expect(error.message).toContain('no default collection')
    await session.end()
  })
})

describe.runIf(process.platform === 'linux')('the kernel keyring', () => {
  it('keeps a key only when it is asked for by name', async context => {
    const store = keychain({kind: 'session-keyring'})
    const denied = await store.probe().then(
      () => undefined,
      (error: unknown) => String(error),
    )
    context.skip(denied !== undefined, `this machine denies it: ${denied}`)
    const own = `test-${process.pid}@https://biomaj.example.org`
    await store.set(own, new Secret(canary))
    expect((await store.get(own))?.reveal()).toBe(canary)
    expect((await failure(async () => keychain().get(own))).code).toBe('keychain_unavailable')
    expect(await store.delete(own)).toBe(true)
    expect(await store.get(own)).toBeUndefined()
  })
})

interface Session {
  env: Environment
  home: string
  end(): Promise<void>
}

/** A D-Bus session of its own with a fresh home, as after a first log-in; lives until `end`. */
async function startSession(prepare: string): Promise<Session> {
  const home = temporaryDirectory()
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    XDG_RUNTIME_DIR: path.join(home, 'run'),
    XDG_DATA_HOME: path.join(home, 'data'),
    XDG_CONFIG_HOME: path.join(home, 'config'),
    XDG_CACHE_HOME: path.join(home, 'cache'),
  }
  fs.mkdirSync(env.XDG_RUNTIME_DIR, {mode: 0o700})
  const script = `${prepare}; echo "$DBUS_SESSION_BUS_ADDRESS"; exec cat`
  const session = spawn('dbus-run-session', ['--', 'bash', '-c', script], {env, stdio: ['pipe', 'pipe', 'ignore']})
  const [address] = (await once(createInterface(session.stdout), 'line')) as [string]
  return {
    env: {...env, DBUS_SESSION_BUS_ADDRESS: address},
    home,
    async end() {
      session.stdin.end()
      if (session.exitCode === null) await once(session, 'exit')
    },
  }
}
