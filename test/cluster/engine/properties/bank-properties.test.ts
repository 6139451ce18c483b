import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {BankProperties} from '../../../../src/cluster/engine/properties/bank-properties.js'
import {defaultValues} from '../../../../src/cluster/engine/properties/defaults.js'
import {parseIni} from '../../../../src/cluster/engine/properties/ini.js'
import {describeWithOracle} from '../oracle.js'

const folders: string[] = []

afterAll(() => {
  for (const folder of folders) rmSync(folder, {recursive: true, force: true})
})

const globalText = (root: string) => String.raw`[GENERAL]
root.dir=${root}
conf.dir=%(root.dir)s/conf
log.dir=%(root.dir)s/log
process.dir=%(root.dir)s/process
cache.dir=%(root.dir)s/cache
lock.dir=%(root.dir)s/lock
data.dir=%(root.dir)s/data
use_elastic=0
db.url=mongodb://localhost
db.name=biomaj
auto_publish=1
keep.old.version=3
remote.dir=/global
http.parse.dir.line=<a[\\s]+href=\"([\\S]+)/\"
mail.admin=%(who)s
who=global
[logging]
a=1
`

const bankText = String.raw`[DEFAULT]
who=default of the bank
only.default=1
[GENERAL]
db.name=alu
Remote.Dir=/bank
remote.files=^alu\\.n\.gz$ a\\\\b
local.files=\\d
release.regexp=\\d
who=bank
auto_publish=TRUE
use_hardlinks=yes
copy.skip=1
no.extract=
db.source=uniprot
depends=other
broken=5%
unknown=%(nobody)s
server=%(db.name)s.example.org
BLOCKS=B
db.formats=fasta
`

const keys = [
  'db.name DB.NAME remote.dir Remote.Dir remote.files local.files release.regexp who mail.admin auto_publish',
  'use_hardlinks copy.skip no.extract depends db.source broken unknown server BLOCKS blocks only.default',
  'http.parse.dir.line keep.old.version db.formats nothing a conf.dir',
]
  .flatMap(names => names.split(' '))
  .concat(Object.keys(defaultValues).filter(key => key !== 'ssh_hosts_file'))

const environments: Array<Record<string, string>> = [
  {},
  {BIOMAJ_DB_NAME: 'env', BIOMAJ_REMOTE_DIR: '/env', BIOMAJ_BROKEN: 'x%', BIOMAJ_LOCAL_FILES: String.raw`\\d`},
  {BIOMAJ_WHO: '', BIOMAJ_BLOCKS: 'E', BIOMAJ_USE_HARDLINKS: '1', BIOMAJ_NOTHING: 'something'},
  {BIOMAJ_DEPENDS: 'env'},
  {BIOMAJ_DB_SOURCE: 'env', 'BIOMAJ_DB.NAME': 'no', BIOMAJ_USE_ELASTIC: '0'},
]

const sourcesOf = (root: string, bank: string, env: Record<string, string>) => ({
  bank: parseIni(bank, 'alu.properties'),
  global: parseIni(globalText(root), 'global.properties'),
  env,
})

describeWithOracle('values, as BioMAJ looks them up', oracle => {
  const root = mkdtempSync(path.join(tmpdir(), 'biomaj-properties-'))
  folders.push(root)
  mkdirSync(path.join(root, 'conf'))
  writeFileSync(path.join(root, 'global.properties'), globalText(root))

  it.each([
    ...environments.map(env => [bankText, env] as const),
    ['[DEFAULT]\nwho=1\n[general]\ndb.name=x\n', {}] as const,
    ['[GENERAL]\ndb.source=\ndepends=other\n', {}] as const,
    ['[GENERAL]\ndb.source=%\ndepends=other\n', {}] as const,
  ])('%j with %j', async (text, env) => {
    writeFileSync(path.join(root, 'conf', 'alu.properties'), text)
    const properties = new BankProperties(sourcesOf(root, text, env))
    for (const whenUnset of [null, 'fallback', '1']) {
      const theirs = await oracle.ask<Record<string, {value?: unknown; bool?: boolean; error?: string}>>({
        ask: 'get',
        global: path.join(root, 'global.properties'),
        bank: 'alu',
        env,
        keys: keys.map(key => [key, whenUnset]),
      })
      const ours = Object.fromEntries(
        keys.map(key => {
          const property = properties.resolve(key)
          if (property && !property.ok) return [key, {value: 'broken'}]
          const value = property?.value ?? whenUnset
          return [key, {value, bool: properties.getBoolean(key, whenUnset === '1')}]
        }),
      )
      const expected = Object.fromEntries(
        // Some of BioMAJ's defaults are integers, and an integer is never true for it; no flag has the default 1.
        Object.entries(theirs).map(([key, {value, bool, error}]) => {
          if (error !== undefined) return [key, {value: 'broken'}]
          if (typeof value === 'number') return [key, {value: String(value), bool: value === 1}]
          return [key, {value, bool}]
        }),
      )
      expect(ours).toEqual(expected)
    }
  })
})

describe('a property', () => {
  const properties = new BankProperties({
    ...sourcesOf('/srv/biomaj', bankText, {BIOMAJ_SERVER: 'env.example.org'}),
    user: parseIni('[GENERAL]\nwho=user\nkeep.old.version=9\n', 'user.cfg'),
    home: '/home/jane',
  })

  it.each([
    ['server', {from: 'environment', variable: 'BIOMAJ_SERVER'}],
    ['BLOCKS', {from: 'bank', file: 'alu.properties', line: 20}],
    ['only.default', {from: 'bank', file: 'alu.properties', line: 3}],
    ['keep.old.version', {from: 'user', file: 'user.cfg', line: 3}],
    ['data.dir', {from: 'global', file: 'global.properties', line: 8}],
    ['visibility.default', {from: 'default'}],
    ['depends', {from: 'bank', file: 'alu.properties', line: 15}],
  ])('%s knows where it comes from', (key, origin) => {
    expect(properties.resolve(key)?.origin).toEqual(origin)
  })

  it('has the home folder in its default', () => {
    expect(properties.get('ssh_hosts_file')).toBe('/home/jane/.ssh/known_hosts')
  })

  it('of the running update wins over the files and can be referred to', () => {
    const running = new BankProperties(sourcesOf('/r', '[GENERAL]\nlocalrelease=old\na=%(localrelease)s\n', {}))
    running.set('localrelease', '2026-01-15')
    expect(running.resolve('a')).toMatchObject({ok: true, value: '2026-01-15'})
    expect(running.resolve('localrelease')?.origin).toEqual({from: 'session'})
    expect(running.keys).toContain('localrelease')
  })

  it('that cannot be read is an error that names its place and not its value', () => {
    expect(() => properties.get('broken')).toThrow(
      expect.objectContaining({
        code: 'config_invalid',
        message: expect.not.stringContaining('5%'),
        details: {key: 'broken', origin: {from: 'bank', file: 'alu.properties', line: 17}},
      }),
    )
  })
})
