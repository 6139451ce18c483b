import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {newGlobalProperties} from '../../../src/cluster/settings/global-properties.js'
import {readSettings, type SettingsInput} from '../../../src/cluster/settings/read-settings.js'
import {settingDefinitions} from '../../../src/cluster/settings/setting-definitions.js'

let home: string
let file: string

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'biomaj-settings-'))
  mkdirSync(path.join(home, 'site'))
  file = path.join(home, 'site/global.properties')
})

afterEach(() => rmSync(home, {recursive: true}))

async function read(input: Partial<SettingsInput> = {}) {
  const defaultDataDirectory = path.join(home, 'site')
  return readSettings({flags: {}, defaultDataDirectory, memory: false, env: {}, cwd: home, ...input})
}

async function valueOf(key: string, input: Partial<SettingsInput> = {}) {
  const {value, origin, source} = (await read(input)).values.find(one => one.key === key) ?? {}
  return {value, origin, source}
}

describe('a setting', () => {
  const flags = {'cluster.port': {value: '4001', source: '--port'}}
  const env = {BIOMAJ_CLUSTER_PORT: '4002'}

  it('comes from the flag, else the environment, else the file, else the default, and says so', async () => {
    expect(await valueOf('cluster.port')).toEqual({value: '5480', origin: 'default', source: null})
    writeFileSync(file, '[GENERAL]\ncluster.port=4003\n')
    expect(await valueOf('cluster.port')).toEqual({value: '4003', origin: 'file', source: `${file}:2`})
    const fromEnvironment = {value: '4002', origin: 'environment', source: 'BIOMAJ_CLUSTER_PORT'}
    expect(await valueOf('cluster.port', {env})).toEqual(fromEnvironment)
    expect(await valueOf('cluster.port', {env, flags})).toEqual({value: '4001', origin: 'flag', source: '--port'})
    expect((await read({env, flags})).settings.port).toBe(4001)
    expect((await read({env})).settings.port).toBe(4002)
    expect((await read()).settings.port).toBe(4003)
  })

  it('of BioMAJ comes from BIOMAJ_X_Y_Z, too, but not from the variables of the client', async () => {
    writeFileSync(file, '[GENERAL]\nkeep.old.version=2\nproxy=http://proxy.example.org:3128\n')
    const found = await valueOf('keep.old.version', {env: {BIOMAJ_KEEP_OLD_VERSION: '5'}})
    expect(found).toEqual({value: '5', origin: 'environment', source: 'BIOMAJ_KEEP_OLD_VERSION'})
    const proxy = await valueOf('proxy', {env: {BIOMAJ_PROXY: 'http://127.0.0.1:5480'}})
    expect(proxy).toEqual({value: 'http://proxy.example.org:3128', origin: 'file', source: `${file}:3`})
  })

  it.each([
    ['cluster.port', '70000', 'a whole number from 0 to 65535'],
    ['cluster.host', 'two words', 'an address or the name of a machine'],
    ['cluster.allowed.hosts', 'https://biomaj.example.org/', 'names of machines, separated by commas'],
    ['cluster.workers.update', '0', 'a whole number from 1 to 100'],
    ['cluster.lease', 'soon', 'a duration such as 90s, 10m or 1h30m'],
    ['cluster.process.timeout', '0', 'a duration such as 90s, 10m or 1h30m'],
    ['cluster.log.level', 'loud', 'one of debug, info, warn, error'],
  ])('that is wrong is told with its place: %s=%s', async (key, value, wanted) => {
    writeFileSync(file, `[GENERAL]\n${key}=${value}\n`)
    const message = `${file}:2: ${JSON.stringify(value)} is not ${wanted}`
    await expect(read()).rejects.toMatchObject({code: 'config_invalid', message})
    const flags = {[key]: {value, source: '--some-flag'}}
    await expect(read({flags})).rejects.toMatchObject({code: 'usage'})
  })

  it('that holds a password is marked', async () => {
    writeFileSync(file, '[GENERAL]\nproxy_auth=ada:secret\nhttp_proxy=http://ada:secret@proxy:3128\nconf.dir=/etc\n')
    const {values} = await read()
    const secret = values.filter(value => value.secret).map(({key}) => key)
    expect(secret).toEqual(['http_proxy', 'proxy_auth'])
  })
})

describe('the folder of a cluster and its file', () => {
  it('are those of the flags, else of the environment, else the usual', async () => {
    expect((await read()).settings).toMatchObject({dataDirectory: path.join(home, 'site'), globalProperties: file})
    const env = {BIOMAJ_CLUSTER_DATA: 'other'}
    expect((await read({env})).settings.dataDirectory).toBe(path.join(home, 'other'))
    expect((await read({env, dataDirectory: 'third'})).settings.dataDirectory).toBe(path.join(home, 'third'))
    writeFileSync(path.join(home, 'own.properties'), '[GENERAL]\ncluster.name=own\n')
    expect((await read({env: {BIOMAJ_CONF: 'own.properties'}})).settings.name).toBe('own')
    await expect(read({globalProperties: 'nosuch.properties'})).rejects.toMatchObject({code: 'config_invalid'})
  })

  it('may be missing: then all is as usual, and nothing is written', async () => {
    const {fileFound, settings} = await read({dataDirectory: 'nosuch'})
    expect([fileFound, settings.port]).toEqual([false, 5480])
  })
})

it('the file that a new cluster begins with says nothing but what is so without it', async () => {
  const before = (await read()).settings
  const text = newGlobalProperties(path.join(home, 'site'))
  for (const {key, whenUnset} of settingDefinitions) expect(text).toContain(`\n#${key}=${whenUnset}\n`)
  writeFileSync(file, text.replaceAll(/^#(cluster\.)/gm, '$1'))
  expect((await read()).settings).toEqual(before)
})
