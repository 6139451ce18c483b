import fs from 'node:fs'
import path from 'node:path'
import {describe, expect, it} from 'vitest'
import type {Context} from '../../src/config/contexts.js'
import {ContextStore} from '../../src/config/contexts.js'
import type {StoredKind} from '../../src/config/credentials/credential-store.js'
import {credentialsOpener, type OpenCredentials} from '../../src/config/credentials/open-credentials.js'
import type {Environment} from '../../src/config/environment.js'
import {resolveTarget, type Target, type TargetFlags} from '../../src/config/target.js'
import {Secret} from '../../src/shared/secret.js'
import {bundle, failure, failureCode, temporaryDirectory, trapBus} from './support.js'

const prod: Context = {
  name: 'prod',
  url: 'https://prod.example.org',
  user: 'ada',
  credentialStore: 'keychain',
  allowHttp: false,
}
const lab: Context = {name: 'lab', url: 'http://lab:5000/biomaj', user: 'bob', credentialStore: 'file', allowHttp: true}
const bare: Context = {name: 'bare', url: 'https://bare.example.org', credentialStore: 'none', allowHttp: false}

interface Scene {
  flags?: TargetFlags
  env?: Environment
  known?: Context[]
  current?: string | undefined
}

/** Every key of every store is `<kind>:<account>`, so a test sees which store was asked for what. */
const credentials: OpenCredentials = (kind: StoredKind) => ({
  kind,
  backend: kind,
  get: async account => new Secret(`${kind}:${account}`),
  set: async () => undefined,
  delete: async () => false,
  probe: async () => undefined,
})

async function contextsOf({
  known = [prod, lab, bare],
  current,
}: Pick<Scene, 'known' | 'current'>): Promise<ContextStore> {
  const contexts = new ContextStore(temporaryDirectory())
  for (const context of known) await contexts.save(context)
  if (known.length === 0) return contexts
  // The first one saved becomes current; a machine without a current one has had it removed.
  if (current !== undefined) await contexts.use(current)
  else {
    await contexts.save({...bare, name: 'gone'}, {use: true})
    await contexts.remove('gone')
  }
  return contexts
}

async function resolve({flags = {}, env = {}, ...known}: Scene): Promise<Target> {
  return resolveTarget({flags, env, contexts: await contextsOf(known), credentials, cwd: '/'})
}

async function keyOf(target: Target): Promise<string> {
  return (await target.key.load())?.reveal() ?? 'none'
}

const prodKey = 'keychain:ada@https://prod.example.org'
const labKey = 'file:bob@http://lab:5000'

describe('the cluster and its key', () => {
  it.each<[string, Scene, [href: string, urlSource: string, context: string | undefined, key: string]]>([
    ['current context', {current: 'prod'}, ['https://prod.example.org/', 'current context', 'prod', prodKey]],
    [
      'BIOMAJ_CONTEXT over the current context',
      {current: 'prod', env: {BIOMAJ_CONTEXT: 'lab'}},
      ['http://lab:5000/biomaj/', 'BIOMAJ_CONTEXT', 'lab', labKey],
    ],
    [
      'BIOMAJ_PROXY over the current context',
      {current: 'prod', env: {BIOMAJ_PROXY: 'https://else.example.org/'}},
      ['https://else.example.org/', 'BIOMAJ_PROXY', undefined, 'none'],
    ],
    [
      '--context over BIOMAJ_PROXY and BIOMAJ_CONTEXT',
      {
        current: 'bare',
        flags: {context: 'lab'},
        env: {BIOMAJ_PROXY: 'https://else.example.org', BIOMAJ_CONTEXT: 'prod'},
      },
      ['http://lab:5000/biomaj/', '--context', 'lab', labKey],
    ],
    [
      '--proxy over everything',
      {
        current: 'prod',
        flags: {proxy: 'https://flag.example.org'},
        env: {BIOMAJ_PROXY: 'https://else.example.org', BIOMAJ_CONTEXT: 'lab'},
      },
      ['https://flag.example.org/', '--proxy', undefined, 'none'],
    ],
    [
      '--proxy at the origin of a context uses its user and key, and keeps its own path',
      {current: 'bare', flags: {proxy: 'https://PROD.example.org:443/other?x=1'}},
      ['https://prod.example.org/other/', '--proxy', 'prod', prodKey],
    ],
    [
      'BIOMAJ_PROXY at the origin of a context uses its user and key',
      {current: 'bare', env: {BIOMAJ_PROXY: 'http://lab:5000'}},
      ['http://lab:5000/', 'BIOMAJ_PROXY', 'lab', labKey],
    ],
    [
      'an empty variable is an unset one',
      {current: 'prod', env: {BIOMAJ_PROXY: '', BIOMAJ_CONTEXT: ' ', BIOMAJ_APIKEY: ''}},
      ['https://prod.example.org/', 'current context', 'prod', prodKey],
    ],
    [
      '--proxy and --context that agree',
      {flags: {proxy: 'http://lab:5000/x', context: 'lab'}},
      ['http://lab:5000/x/', '--proxy', 'lab', labKey],
    ],
    ['a context without a key', {flags: {context: 'bare'}}, ['https://bare.example.org/', '--context', 'bare', 'none']],
    [
      'the same host with another scheme is another origin',
      {flags: {proxy: 'http://prod.example.org'}},
      ['http://prod.example.org/', '--proxy', undefined, 'none'],
    ],
    [
      'the same host with another port is another origin',
      {flags: {proxy: 'https://prod.example.org:8443'}},
      ['https://prod.example.org:8443/', '--proxy', undefined, 'none'],
    ],
    [
      'a host that only begins like a known one is another origin',
      {flags: {proxy: 'https://prod.example.org.evil.org'}},
      ['https://prod.example.org.evil.org/', '--proxy', undefined, 'none'],
    ],
  ])('%s', async (_, scene, [href, urlSource, context, key]) => {
    const target = await resolve(scene)
    expect([target.url.href, target.urlSource, target.contextName, await keyOf(target)]).toEqual([
      href,
      urlSource,
      context,
      key,
    ])
    expect(target.origin).toBe(target.url.origin)
    expect(target.context?.name).toBe(context)
  })

  it('are an error that names the way in when there is none', async () => {
    const error = await failure(async () => resolve({known: []}))
    expect([error.code, error.hint]).toEqual([
      'no_cluster',
      'Log in to one with `biomaj login URL`, or start your own with `biomaj cluster start`.',
    ])
  })

  it('are an error that names both ways when contexts are known and none is current', async () => {
    const error = await failure(async () => resolve({}))
    expect(error.code).toBe('no_cluster')
    expect(error.hint).toMatch(/biomaj context use NAME.*biomaj login URL/)
  })

  it.each<Scene>([{flags: {context: 'nope'}}, {env: {BIOMAJ_CONTEXT: 'nope'}}, {flags: {context: ''}}])(
    'are an error when the context is unknown: %j',
    async scene => {
      expect(await failureCode(async () => resolve({...scene, current: 'prod'}))).toBe('context_not_found')
    },
  )

  it.each<[Scene, string]>([
    [{flags: {proxy: 'https://else.example.org', context: 'prod'}}, '--context'],
    [{env: {BIOMAJ_PROXY: 'https://else.example.org', BIOMAJ_CONTEXT: 'prod'}}, 'BIOMAJ_CONTEXT'],
  ])('are an error when URL and context disagree: %j', async (scene, named) => {
    const error = await failure(async () => resolve(scene))
    expect(error.code).toBe('usage')
    expect(error.message).toContain(named)
  })

  it('ask the store once, and only when the key is wanted', async () => {
    let asked = 0
    const counting: OpenCredentials = kind => ({
      ...credentials(kind),
      get: async () => {
        asked++
        return new Secret('S')
      },
    })
    const contexts = await contextsOf({current: 'prod'})
    const target = resolveTarget({flags: {}, env: {}, contexts, credentials: counting, cwd: '/'})
    expect(asked).toBe(0)
    await Promise.all([target.key.load(), target.key.load()])
    await target.key.load()
    expect(asked).toBe(1)
  })
})

describe('several contexts at one origin', () => {
  const ada = {...prod, name: 'ada', user: 'ada'}
  const bob = {...prod, name: 'bob', user: 'bob'}
  const other = {...prod, name: 'other', user: 'eve', url: 'https://prod.example.org/other'}
  const known = [ada, bob, other]

  it.each<[string, Scene, string | undefined]>([
    ['the current one is used', {current: 'bob', flags: {proxy: 'https://prod.example.org'}}, 'bob'],
    ['the one of that very URL is used', {current: 'bob', flags: {proxy: 'https://prod.example.org/other/'}}, 'other'],
    ['the named one is used', {current: 'bob', flags: {proxy: 'https://prod.example.org', context: 'ada'}}, 'ada'],
    ['none is guessed', {current: 'other', flags: {proxy: 'https://prod.example.org'}}, undefined],
  ])('%s', async (_, scene, name) => {
    const target = await resolve({...scene, known})
    expect(target.contextName).toBe(name)
    expect(target.key.source).toBe(name === undefined ? 'none' : 'keychain')
    expect(target.warnings).toEqual(
      name === undefined
        ? ['Several contexts are at https://prod.example.org (ada, bob): none is used; choose one with --context']
        : [],
    )
  })
})

describe('BIOMAJ_APIKEY', () => {
  const BIOMAJ_APIKEY = 'ENVKEY'

  it.each<[string, Scene, string]>([
    ['BIOMAJ_PROXY', {env: {BIOMAJ_PROXY: 'https://else.example.org'}, current: 'prod'}, 'https://else.example.org'],
    [
      'BIOMAJ_PROXY, reached by --proxy with another path',
      {
        env: {BIOMAJ_PROXY: 'https://else.example.org'},
        flags: {proxy: 'https://else.example.org/deep'},
        current: 'prod',
      },
      'https://else.example.org',
    ],
    ['BIOMAJ_CONTEXT', {env: {BIOMAJ_CONTEXT: 'prod'}, current: 'bare'}, 'https://prod.example.org'],
    ['the current context', {current: 'prod'}, 'https://prod.example.org'],
    [
      'the current context, named by --context',
      {current: 'prod', flags: {context: 'prod'}},
      'https://prod.example.org',
    ],
    ['--proxy where nothing else says', {flags: {proxy: 'https://flag.example.org'}}, 'https://flag.example.org'],
    ['--proxy on a new machine', {known: [], flags: {proxy: 'https://flag.example.org'}}, 'https://flag.example.org'],
  ])('is sent to the origin of %s, in place of a stored key', async (_, scene, origin) => {
    const target = await resolve({...scene, env: {...scene.env, BIOMAJ_APIKEY}})
    expect([target.origin, target.key.source, await keyOf(target)]).toEqual([origin, 'environment', 'ENVKEY'])
    expect(target.warnings).toEqual([])
  })

  it.each<[string, Scene, owner: string, key: string]>([
    [
      '--proxy elsewhere while BIOMAJ_PROXY is set',
      {env: {BIOMAJ_PROXY: 'https://else.example.org'}, flags: {proxy: 'https://flag.example.org'}},
      'https://else.example.org',
      'none',
    ],
    [
      '--context while BIOMAJ_PROXY is set',
      {env: {BIOMAJ_PROXY: 'https://else.example.org'}, flags: {context: 'prod'}},
      'https://else.example.org',
      prodKey,
    ],
    [
      '--proxy elsewhere while BIOMAJ_CONTEXT is set',
      {env: {BIOMAJ_CONTEXT: 'prod'}, flags: {proxy: 'https://flag.example.org'}, current: 'bare'},
      'https://prod.example.org',
      'none',
    ],
    [
      '--proxy elsewhere while a context is current',
      {flags: {proxy: 'https://flag.example.org'}, current: 'prod'},
      'https://prod.example.org',
      'none',
    ],
    [
      'plain http on the same host',
      {flags: {proxy: 'http://prod.example.org'}, current: 'prod'},
      'https://prod.example.org',
      'none',
    ],
    ['--context of another', {flags: {context: 'prod'}, current: 'bare'}, 'https://bare.example.org', prodKey],
    ['--context while none is current', {flags: {context: 'prod'}}, 'no cluster', prodKey],
  ])('is not sent to %s, and a warning says so', async (_, scene, owner, key) => {
    const target = await resolve({...scene, env: {...scene.env, BIOMAJ_APIKEY}})
    expect(await keyOf(target)).toBe(key)
    expect(target.warnings).toEqual([
      `BIOMAJ_APIKEY belongs to ${owner} and was not sent to ${target.origin}; set BIOMAJ_PROXY to bind it there`,
    ])
  })

  it('is not bound to anything by a context that is not known', async () => {
    const scene = {env: {BIOMAJ_APIKEY, BIOMAJ_CONTEXT: 'nope'}, flags: {proxy: 'https://flag.example.org'}}
    expect(await failureCode(async () => resolve(scene))).toBe('context_not_found')
  })

  it.each(['two words', 'line\nbreak', 'naïve', 'nul\u0000'])(
    'is refused when a header cannot carry it: %j',
    async key => {
      const error = await failure(async () => resolve({current: 'prod', env: {BIOMAJ_APIKEY: key}}))
      expect(error.code).toBe('key_invalid')
      expect(`${error.message} ${error.hint}`).not.toContain(key)
    },
  )

  it('loses the line feed that a file brought along', async () => {
    expect(await keyOf(await resolve({current: 'prod', env: {BIOMAJ_APIKEY: 'ENVKEY\n'}}))).toBe('ENVKEY')
  })

  it.runIf(process.platform === 'linux')('means that no keychain is ever asked', async () => {
    const bus = await trapBus()
    const opener = credentialsOpener({
      paths: {data: temporaryDirectory()},
      env: {DBUS_SESSION_BUS_ADDRESS: bus.address},
      platform: 'linux',
      keychainChild: await bundle('src/config/credentials/keychain-child.ts', {
        directory: path.join(temporaryDirectory(), 'dist'),
      }),
    })
    const contexts = await contextsOf({current: 'prod'})
    const target = resolveTarget({flags: {}, env: {BIOMAJ_APIKEY}, contexts, credentials: opener, cwd: '/'})
    expect(await keyOf(target)).toBe('ENVKEY')
    expect(bus.connections()).toBe(0)
    // Without the variable the same target does ask: the trap would have caught it.
    const asking = resolveTarget({flags: {}, env: {}, contexts, credentials: opener, cwd: '/'})
    const ended = failureCode(async () => asking.key.load())
    await expect.poll(() => bus.connections()).toBe(1)
    bus.close()
    expect(await ended).toBe('keychain_unavailable')
  })
})

describe('plain http with a key', () => {
  const env = {BIOMAJ_APIKEY: 'ENVKEY'}

  it.each<[string, Scene]>([
    ['an environment key', {known: [], env, flags: {proxy: 'http://biomaj:5000'}}],
    ['an environment key to a loopback look-alike', {known: [], env, flags: {proxy: 'http://localhost.evil.org'}}],
    ['a stored key', {known: [{...lab, allowHttp: false}], current: 'lab'}],
  ])('is refused: %s', async (_, scene) => {
    expect(await failureCode(async () => resolve(scene))).toBe('insecure_http')
  })

  it.each<[string, Scene]>([
    ['by the flag', {known: [], env, flags: {proxy: 'http://biomaj:5000', allowHttp: true}}],
    ['by the context', {current: 'lab'}],
  ])('is allowed %s, with a warning', async (_, scene) => {
    const {warnings, key} = await resolve(scene)
    expect(key.source).not.toBe('none')
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain('unencrypted')
  })

  it.each<[string, Scene]>([
    ['this machine', {known: [], env, flags: {proxy: 'http://127.0.0.1:5000'}}],
    ['a cluster that gets no key', {known: [], flags: {proxy: 'http://biomaj:5000'}}],
  ])('needs no consent for %s', async (_, scene) => {
    expect((await resolve(scene)).warnings).toEqual([])
  })

  it('takes consent of a context for its own origin only', async () => {
    const scene = {
      known: [lab],
      current: 'lab',
      env: {BIOMAJ_APIKEY: 'ENVKEY', BIOMAJ_PROXY: 'http://other:5000'},
    }
    expect(await failureCode(async () => resolve(scene))).toBe('insecure_http')
  })
})

describe('certificates', () => {
  const pem = '-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n'

  async function resolveIn(cwd: string, scene: Scene): Promise<Target> {
    const {flags = {}, env = {}} = scene
    return resolveTarget({flags, env, contexts: await contextsOf(scene), credentials, cwd})
  }

  it('are checked against the system defaults unless told otherwise', async () => {
    expect((await resolve({current: 'prod'})).tls).toEqual({rejectUnauthorized: true})
  })

  it('are checked against the authority of flag, environment or context, in this order', async () => {
    const cwd = temporaryDirectory()
    for (const name of ['flag', 'env', 'context']) fs.writeFileSync(path.join(cwd, `${name}.pem`), `${pem}${name}`)
    const known = [{...prod, caFile: path.join(cwd, 'context.pem')}]
    const env = {BIOMAJ_CA_FILE: 'env.pem'}
    const used = async (scene: Scene) => (await resolveIn(cwd, {known, current: 'prod', ...scene})).tls
    expect(await used({flags: {caFile: 'flag.pem'}, env})).toEqual({
      caFile: path.join(cwd, 'flag.pem'),
      ca: `${pem}flag`,
      rejectUnauthorized: true,
    })
    expect((await used({env})).ca).toBe(`${pem}env`)
    expect((await used({})).ca).toBe(`${pem}context`)
  })

  it.each([
    ['missing', undefined, 'ENOENT'],
    ['no certificate', 'hello', 'it holds no PEM certificate'],
  ])('are an error when the file is %s', async (_, text, why) => {
    const cwd = temporaryDirectory()
    if (text !== undefined) fs.writeFileSync(path.join(cwd, 'ca.pem'), text)
    const error = await failure(async () => resolveIn(cwd, {current: 'prod', flags: {caFile: 'ca.pem'}}))
    expect(error.code).toBe('config_invalid')
    expect(error.message).toBe(`Cannot use the CA file ${path.join(cwd, 'ca.pem')} (--ca-file): ${why}`)
  })

  it.each<[Scene, string]>([
    [{current: 'prod', flags: {insecure: true}}, '--insecure'],
    [{known: [{...prod, insecureTls: true}], current: 'prod'}, 'context prod'],
  ])('are not checked only on demand, and never in silence', async (scene, reason) => {
    const target = await resolve(scene)
    expect(target.tls.rejectUnauthorized).toBe(false)
    expect(target.warnings).toEqual([
      `The certificate of https://prod.example.org is not checked (${reason}): anyone on the way can pose as it`,
    ])
  })
})

describe('a cluster is only looked at', () => {
  const guarded = {known: [{...prod, readOnly: true}], current: 'prod'}

  it.each<[string, Scene, boolean]>([
    ['never by default', {current: 'prod'}, false],
    ['by flag', {current: 'prod', flags: {readOnly: true}}, true],
    ['by environment', {current: 'prod', env: {BIOMAJ_READ_ONLY: 'yes'}}, true],
    ['not for a variable that says no', {current: 'prod', env: {BIOMAJ_READ_ONLY: '0'}}, false],
    ['by context', guarded, true],
    ['by context, whatever the variable says', {...guarded, env: {BIOMAJ_READ_ONLY: '0'}}, true],
    ['by the context of the same origin', {...guarded, flags: {proxy: prod.url}}, true],
  ])('%s', async (_, scene, readOnly) => {
    expect((await resolve(scene)).readOnly).toBe(readOnly)
  })

  it('or not at all, when the variable is neither on nor off', async () => {
    const scene = {current: 'prod', env: {BIOMAJ_READ_ONLY: 'maybe'}}
    expect(await failureCode(async () => resolve(scene))).toBe('config_invalid')
  })
})

describe('the time-out of a request', () => {
  it.each<[string, Scene, number]>([
    ['30 s by default', {}, 30_000],
    ['the environment', {env: {BIOMAJ_REQUEST_TIMEOUT: '1m30s'}}, 90_000],
    ['the flag over the environment', {flags: {requestTimeoutMs: 5}, env: {BIOMAJ_REQUEST_TIMEOUT: '2m'}}, 5],
  ])('is %s', async (_, scene, timeoutMs) => {
    expect((await resolve({...scene, current: 'prod'})).requestTimeoutMs).toBe(timeoutMs)
  })

  it.each(['soon', '0', '-1s'])('is an error when it is not a duration above zero: %s', async text => {
    const scene = {current: 'prod', env: {BIOMAJ_REQUEST_TIMEOUT: text}}
    expect(await failureCode(async () => resolve(scene))).toBe('config_invalid')
  })
})
