import {chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {checkBankFiles} from '../../../../src/cluster/engine/properties/check/check-bank.js'
import {deadKeys, knownKeys} from '../../../../src/cluster/engine/properties/check/known-keys.js'

const sound = String.raw`[GENERAL]
db.name=alu
offline.dir.name=offline/alu
dir.version=alu
protocol=ftp
server=ftp.example.org
remote.dir=/db/
remote.files=^alu.*\.gz$
local.files=.*
`

let folder: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'biomaj-lint-'))
})

afterAll(() => rmSync(folder, {recursive: true, force: true}))

interface Options {
  name?: string
  global?: string
  mode?: number
  platform?: NodeJS.Platform
  env?: Record<string, string>
}

async function findingsOf(
  text: string,
  {name = 'alu.properties', global, mode = 0o640, platform = 'linux', env}: Options = {},
) {
  writeFileSync(path.join(folder, name), text)
  chmodSync(path.join(folder, name), mode)
  if (global !== undefined) writeFileSync(path.join(folder, 'global.properties'), global)
  const [checked] = await checkBankFiles([name], {
    global: global === undefined ? undefined : 'global.properties',
    cwd: folder,
    platform,
    env,
  })
  return checked?.findings ?? []
}

/** `severity rule key` and the line after the sound ones. */
async function rulesOf(more: string, options?: Options): Promise<string[]> {
  const findings = await findingsOf(sound + more, options)
  return findings.map(({severity, rule, key, line}) => `${line ?? '-'} ${severity} ${rule} ${key ?? '-'}`)
}

async function rulesOfFiles(files: string, more = ''): Promise<string[]> {
  const findings = await findingsOf(sound.replace(/remote\.files=.*/, () => `remote.files=${files}`) + more)
  return findings.map(({rule}) => rule)
}

const post = 'BLOCKS=B1\nB1.db.post.process=M1\nM1=P1\nP1.name=p\nP1.exe=echo\nP1.args=\n'

describe('a sound bank', () => {
  it.each([
    ['as it is', ''],
    ['with processes', post],
    ['with a release file', 'release.file=README\nrelease.regexp=\\d+\n'],
    ['with variables of its own', 'my.root=/data\nserver.name=%(my.root)s\n'],
    ['with a variable of its own that is near a known key', `serve=x\n${post.replace('P1.args=', 'P1.args=$serve')}`],
    ['with empty old keys', 'frequency.update=\nrelease.file.compressed=\n'],
    ['with extraction off', 'no.extract=true\n'],
    ['with extraction on', 'no.extract=false\n'],
    ['with a list of files', 'remote.list=/x\n'],
    ['with comments', '# protocol=x\n; y\n'],
    ['with a DEFAULT section', '[DEFAULT]\na=1\n'],
    ['with options', 'options.names=ftp_method,my_own\noptions.ftp_method=nocwd\noptions.my_own=1\n'],
  ])('%s has no finding', async (_, more) => {
    expect(await rulesOf(more)).toEqual([])
  })
})

describe('a warning', () => {
  it.each([
    ['frequency.update=3\n', ['10 warning dead-key frequency.update']],
    ['db.post.process=M1\n', ['10 warning dead-key db.post.process']],
    ['release.regexp=\\d+\n', ['10 warning release-regexp-unused release.regexp']],
    ['release.regexp=5%\n', ['10 warning interpolation release.regexp']],
    ['a=%(b)s\nb=%(a)s\n', ['10 warning interpolation a', '11 warning interpolation b']],
    ['target.name=../x\n', ['10 warning leaves-data-dir target.name']],
    ['keep.old.versions=3\n', ['10 warning unknown-key keep.old.versions']],
    ['Realese.file=x\n', ['10 warning unknown-key Realese.file']],
    [`${post}P1.arg=x\n`, ['16 warning unknown-key P1.arg']],
    [`${post}P2.exe=x\n`, ['16 warning unused-process P2.exe']],
    [`${post}M2=P1\n`, ['16 warning unused-process M2']],
    [`${post}B2.db.post.process=M1\n`, ['16 warning unused-process B2.db.post.process']],
    ['BLOCKS=\n', ['10 warning empty-blocks BLOCKS']],
    ['release.file=a(b\n', ['10 warning pattern release.file']],
    ['uniprot.files.move=^(a ok\n', ['10 warning pattern uniprot.files.move']],
    ['no.extract=0\n', ['10 warning boolean no.extract']],
    ['no.extract=\n', ['10 warning boolean no.extract']],
    ['no.extract=False\n', ['10 warning boolean no.extract']],
    ['use_hardlinks=yes\n', ['10 warning boolean use_hardlinks']],
    ['data.stats=false\n', ['10 warning boolean data.stats']],
    ['mail.tls=1\n', ['10 warning boolean mail.tls']],
    ['micro.biomaj.service.download=true\n', ['10 warning boolean micro.biomaj.service.download']],
    [
      'release.proxy_auth=x\n',
      ['10 warning release-proxy-auth release.proxy_auth', '10 warning plain-credentials release.proxy_auth'],
    ],
    ['server.credentials=jane:x\n', ['10 warning plain-credentials server.credentials']],
    ['proxy=http://jane:x@proxy.example.org\n', ['10 warning plain-credentials proxy']],
    ['remote.file.0.path=x\n', ['10 warning multi-only remote.file.0.path']],
    ['target.name=alu.bz2\n', ['10 warning bzip2-without-tar target.name']],
    ['timeout.download=60 # a minute\n', ['10 warning inline-comment timeout.download']],
    ['admin=jane\n  keep.old.version=3\n', ['10 warning swallowed-line admin']],
    ['[general]\nproxy=x\n', ['10 warning ignored-section -']],
    ['[loggers]\nkeys=root\n[logger_root]\nlevel=INFO\n', ['10 warning global-file -']],
    ['server.name=%(root.dir)s\n', ['10 warning unknown-reference server.name']],
  ])('%j gives %j', async (more, rules) => {
    expect(await rulesOf(more)).toEqual(rules)
  })

  it('for a file number that is never reached', async () => {
    const files = [0, 1, 3].map(number => `remote.file.${number}.path=/x\nremote.file.${number}.name=x\n`).join('')
    const multi = sound.replace('protocol=ftp', 'protocol=multi') + files
    const findings = await findingsOf(multi)
    expect(findings.map(({rule, line}) => `${line ?? ''} ${rule}`)).toEqual(['14 multi-gap'])
  })

  it('for .bz2 files, unless they are tar archives or stay as they are', async () => {
    expect(await rulesOfFiles(String.raw`^a\.gz$ ^b\.bz2$`)).toEqual(['bzip2-without-tar'])
    expect(await rulesOfFiles(String.raw`^a\.tar\.bz2$`)).toEqual([])
    expect(await rulesOfFiles(String.raw`^b\.bz2$`, 'no.extract=true\n')).toEqual([])
  })

  it('for a pattern that a slash cuts in two', async () => {
    const findings = await findingsOf(sound.replace(/remote\.files=.*/, 'remote.files=^a[/]b'))
    expect(findings.map(({rule, message}) => `${rule}: ${message}`)).toEqual([
      'pattern: Python cannot compile "^a[": "[" without "]"',
    ])
  })

  it('for a folder that climbs', async () => {
    const findings = await findingsOf(sound.replace('dir.version=alu', 'dir.version=a/../../b'))
    expect(findings.map(({severity, rule}) => `${severity} ${rule}`)).toEqual(['warning leaves-data-dir'])
  })

  it('for a name that is not that of the file', async () => {
    expect(await rulesOf('', {name: 'pfam.properties'})).toEqual(['2 warning bank-name db.name'])
    expect(await rulesOf('', {name: 'alu'})).toEqual(['- warning file-name -'])
  })

  it('for a password that everybody can read, where there are permissions', async () => {
    const more = 'server.credentials=jane:x\n'
    const both = ['10 warning plain-credentials server.credentials', '10 warning world-readable server.credentials']
    expect(await rulesOf(more, {mode: 0o644})).toEqual(both)
    expect(await rulesOf(more, {mode: 0o644, platform: 'win32'})).toEqual(both.slice(0, 1))
    expect(await rulesOf('', {mode: 0o644})).toEqual([])
  })
})

const global = `[GENERAL]
root.dir=/srv/biomaj
conf.dir=%(root.dir)s/conf
log.dir=%(root.dir)s/log
process.dir=%(root.dir)s/process
cache.dir=%(root.dir)s/cache
lock.dir=%(root.dir)s/lock
data.dir=%(root.dir)s/data
use_elastic=0
mail.smtp.host=localhost
`

describe('with a global file', () => {
  it('what it lacks is an error at its place', async () => {
    const findings = await findingsOf(sound, {global})
    expect(findings).toMatchObject([
      {severity: 'error', rule: 'missing', key: 'mail.from', file: 'alu.properties', line: null},
    ])
  })

  it('its values are found, and its mistakes told with its name and line', async () => {
    const findings = await findingsOf(`${sound}server.name=%(root.dir)s\n`, {
      global: global.replace('/srv/biomaj', '100%').replace('mail.smtp.host=localhost\n', ''),
    })
    expect(
      findings.filter(({severity}) => severity === 'error').map(({rule, key, file, line}) => [rule, key, file, line]),
    ).toEqual(
      ['conf.dir', 'log.dir', 'process.dir', 'cache.dir', 'lock.dir', 'data.dir'].map((key, index) => [
        'interpolation',
        key,
        'global.properties',
        index + 3,
      ]),
    )
  })

  it('its problems make every bank invalid', async () => {
    expect(await findingsOf(sound, {global: 'a=1\n'})).toMatchObject([
      {severity: 'error', rule: 'no-section-header', file: 'global.properties', line: 1},
    ])
  })

  it('that cannot be read there is nothing to check', async () => {
    const checking = checkBankFiles(['alu.properties'], {global: 'nosuch.properties', cwd: folder, platform: 'linux'})
    await expect(checking).rejects.toMatchObject({code: 'usage', message: expect.stringContaining('nosuch.properties')})
  })
})

it('the environment counts only when it is given', async () => {
  const env = {BIOMAJ_PROTOCOL: 'sftp'}
  expect(await rulesOf('', {env})).toEqual(['- error unknown-protocol protocol'])
  expect(await rulesOf('')).toEqual([])
})

it('no finding shows a password, however broken the file', async () => {
  const secrets = [
    'server.credentials=jane:hunter2',
    'irods.password=hunter2%',
    'proxy_auth=jane:%(hunter2',
    'proxy=http://a:hunter2@x',
  ]
  const findings = await findingsOf(`${sound}${secrets.join('\n')}\nmail.password hunter2\n`)
  const more = await findingsOf(`${sound}${secrets.join('\n')}\n`)
  expect(findings.length + more.length).toBeGreaterThan(5)
  expect(JSON.stringify([findings, more])).not.toContain('hunter2')
})

it('every key that engine and check read is known, and none of them is called dead', () => {
  const sources = ['rules.ts', 'lint-values.ts', 'lint-references.ts'].map(file =>
    readFileSync(new URL(`../../../../src/cluster/engine/properties/check/${file}`, import.meta.url), 'utf8'),
  )
  const read = sources.join('\n').matchAll(/(?:resolve|valueOf|#needs|#read|#needsGlobal)\((?:subject, )?'([a-z_.]+)'/g)
  const keys = [...read].map(([, key = '']) => key)
  expect(keys.length).toBeGreaterThan(8)
  expect(keys.filter(key => !knownKeys.has(key))).toEqual([])
  expect([...deadKeys.keys()].filter(key => knownKeys.has(key))).toEqual([])
})
