import {globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import path from 'node:path'
import * as fc from 'fast-check'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {checkBankFiles} from '../../../../src/cluster/engine/properties/check/check-bank.js'
import {describeWithOracle} from '../oracle.js'

/** A bank that BioMAJ takes, of which each case changes some keys; null leaves a key out. */
const soundBank = {
  'db.fullname': 'Alu repeats',
  'db.name': 'alu',
  'offline.dir.name': 'offline/alu',
  'dir.version': 'alu',
  protocol: 'ftp',
  server: 'ftp.example.org',
  'remote.dir': '/db/',
  'remote.files': '^alu.*$',
  'local.files': '.*',
}

const soundGlobal = {
  'conf.dir': '%(root.dir)s/conf',
  'log.dir': '%(root.dir)s/log',
  'process.dir': '%(root.dir)s/process',
  'cache.dir': '%(root.dir)s/cache',
  'lock.dir': '%(root.dir)s/lock',
  'data.dir': '%(root.dir)s/data',
  use_elastic: '0',
  'db.url': 'mongodb://localhost',
  'db.name': 'biomaj',
}

type Keys = Record<string, string | null>

interface Case {
  bank?: Keys
  global?: Keys
  env?: Record<string, string>
  /** Text behind the bank's keys. */
  more?: string
}

const post = {BLOCKS: 'B1', 'B1.db.post.process': 'M1', M1: 'P1', 'P1.name': 'p', 'P1.exe': 'echo', 'P1.args': ''}
const irods = {
  protocol: 'irods',
  'irods.user': 'u',
  'irods.password': 'p',
  'irods.port': '1247',
  'irods.protocol': 'irods',
}
const direct = {'remote.files': null, 'remote.dir': '/a'}
const protocols =
  'none multi local ftp ftps http https directftp directftps directhttp directhttps rsync irods sftp FTP myirods'.split(
    ' ',
  )

const cases: Record<string, Case> = {
  'a sound bank': {},
  ...Object.fromEntries(Object.keys(soundBank).map(key => [`without ${key}`, {bank: {[key]: null}}])),
  ...Object.fromEntries(Object.keys(soundBank).map(key => [`with an empty ${key}`, {bank: {[key]: ''}}])),
  ...Object.fromEntries(Object.keys(soundBank).map(key => [`with a broken ${key}`, {bank: {[key]: '/5%'}}])),
  ...Object.fromEntries(Object.keys(soundGlobal).map(key => [`global file without ${key}`, {global: {[key]: null}}])),
  ...Object.fromEntries(
    ['log.dir', 'data.dir', 'cache.dir'].map(key => [`bank that empties ${key}`, {bank: {[key]: ''}}]),
  ),
  ...Object.fromEntries(protocols.map(protocol => [`protocol ${protocol}`, {bank: {protocol}}])),
  ...Object.fromEntries(
    protocols.map(protocol => [`bare ${protocol}`, {bank: {protocol, server: null, 'remote.dir': null}}]),
  ),
  ...Object.fromEntries(protocols.map(protocol => [`direct ${protocol}`, {bank: {...direct, protocol}}])),
  'an unused broken value': {bank: {'release.regexp': '5%'}},
  'a broken server that nobody asks for': {bank: {protocol: 'none', server: '5%'}},
  'remote.list for remote.files': {bank: {'remote.files': null, 'remote.list': '/list.json'}},
  'remote.list broken, beside remote.files': {bank: {'remote.list': '%'}},
  'remote.list broken, alone': {bank: {'remote.files': '', 'remote.list': '%'}},
  'remote.dir without slash': {bank: {'remote.dir': '/db'}},
  'remote.dir without slash in the environment': {env: {BIOMAJ_REMOTE_DIR: '/db'}},
  'an absolute offline.dir.name': {bank: {'offline.dir.name': '/offline'}},
  'an absolute dir.version': {bank: {'dir.version': '/alu'}},
  'dir.version that climbs': {bank: {'dir.version': '../alu'}},
  'dir.version absolute by reference': {bank: {'dir.version': '%(data.dir)s/alu'}},
  'dir.version from the environment': {bank: {'dir.version': null}, env: {BIOMAJ_DIR_VERSION: 'alu'}},
  'dir.version with an empty variable': {env: {BIOMAJ_DIR_VERSION: ''}},
  'protocol from the environment': {env: {BIOMAJ_PROTOCOL: 'sftp'}},
  'capitals in keys': {bank: {protocol: null, PROTOCOL: 'ftp'}},
  'threads that are none': {bank: {'bank.num.threads': 'two'}},
  'threads with spaces and underscores': {bank: {'bank.num.threads': ' 1_0 '}},
  'negative threads': {bank: {'bank.num.threads': '-1'}},
  'empty threads': {bank: {'bank.num.threads': ''}},
  'broken db.type': {bank: {'db.type': '%'}},
  'broken visibility': {bank: {'visibility.default': '%'}},
  'mail without a sender': {global: {'mail.smtp.host': 'localhost'}},
  'mail with a sender': {global: {'mail.smtp.host': 'localhost', 'mail.from': 'a@example.org'}},
  'mail with an empty host': {global: {'mail.smtp.host': '', 'mail.from': ''}},
  'a broken sender that nobody asks for': {global: {'mail.from': '%'}},
  'LDAP without its keys': {global: {use_ldap: '1', 'ldap.host': 'localhost'}},
  'LDAP in capitals': {global: {use_ldap: 'TRUE'}},
  'LDAP with yes': {global: {use_ldap: 'yes'}},
  'LDAP with all': {global: {use_ldap: 'true', 'ldap.host': 'h', 'ldap.port': '389', 'ldap.dn': 'd'}},
  'Elasticsearch with true, which only the check takes for on': {global: {use_elastic: 'true'}},
  'Elasticsearch without its nodes': {global: {use_elastic: '1'}},
  'Elasticsearch in the bank': {bank: {use_elastic: '1', elastic_nodes: 'h'}},
  'irods with all': {bank: irods},
  'irods without a password': {bank: {...irods, 'irods.password': null}},
  'irods without a zone': {bank: {...irods, 'irods.zone': null}},
  processes: {bank: post},
  'processes without arguments': {bank: {...post, 'P1.args': null}},
  'processes without a program': {bank: {...post, 'P1.exe': null}},
  'processes without a name': {bank: {...post, 'P1.name': null}},
  'processes with an empty name': {bank: {...post, 'P1.name': ''}},
  'a block that is not defined': {bank: {...post, BLOCKS: 'B1,B2'}},
  'blocks with a space': {bank: {...post, BLOCKS: 'B1, B1'}},
  'empty blocks': {bank: {BLOCKS: ''}},
  'blocks with a comma at the end': {bank: {...post, BLOCKS: 'B1,'}},
  'a meta that is not defined': {bank: {...post, 'B1.db.post.process': 'M1,M2'}},
  'metas with a space': {bank: {...post, 'B1.db.post.process': 'M1 ,M1'}},
  'an empty meta': {bank: {...post, M1: ''}},
  'procs with a space': {bank: {...post, M1: 'P1, P1'}},
  'a proc in other capitals': {bank: {...post, M1: 'p1'}},
  'a broken program': {bank: {...post, 'P1.exe': 'a%'}},
  'broken arguments': {bank: {...post, 'P1.args': '%d'}},
  'arguments with the release': {bank: {...post, 'P1.args': '%(localrelease)s %(remoterelease)s'}},
  'a broken description': {bank: {...post, 'P1.desc': '50%'}},
  'processes before': {bank: {...post, BLOCKS: null, 'db.pre.process': 'M1'}},
  'processes before that are not defined': {bank: {'db.pre.process': 'M1'}},
  'processes at removal': {bank: {...post, BLOCKS: null, 'db.remove.process': 'M1'}},
  'processes at removal that are not defined': {bank: {...post, 'db.remove.process': 'M1,M9'}},
  'only the old key for processes': {bank: {'db.post.process': 'M9'}},
  'a meta from the environment': {bank: {...post, M1: null}, env: {BIOMAJ_M1: 'P1'}},
  'a key twice': {more: 'PROTOCOL=http\n'},
  'a section twice': {more: '[GENERAL]\n'},
  nonsense: {more: 'nonsense\n'},
  'keys in another section': {bank: {'local.files': null}, more: '[other]\nlocal.files=.*\n'},
  'keys in DEFAULT': {bank: {'local.files': null}, more: '[DEFAULT]\nlocal.files=.*\n'},
  'keys of the bank in the global file': {bank: {'local.files': null}, global: {'local.files': '.*'}},
}

const textOf = (keys: Keys) =>
  Object.entries(keys)
    .flatMap(([key, value]) => (value === null ? [] : [`${key}=${value}\n`]))
    .join('')

describeWithOracle('validity, as BioMAJ judges it', oracle => {
  let root: string
  beforeAll(() => {
    root = mkdtempSync(path.join(tmpdir(), 'biomaj-check-'))
    mkdirSync(path.join(root, 'conf'))
  })
  afterAll(() => rmSync(root, {recursive: true, force: true}))

  async function judge(bank: string | Uint8Array, global: string, env: Record<string, string> = {}) {
    const files = {bank: path.join(root, 'conf', 'alu.properties'), global: path.join(root, 'global.properties')}
    writeFileSync(files.bank, bank)
    writeFileSync(files.global, global)
    const theirs = await oracle.ask<{valid: boolean; reason?: string}>({
      ask: 'check',
      global: files.global,
      bank: 'alu',
      env,
    })
    const [ours] = await checkBankFiles([files.bank], {
      global: files.global,
      env,
      cwd: root,
      platform: process.platform,
    })
    const errors = ours?.findings
      .filter(({severity}) => severity === 'error')
      .map(({key, rule}) => `${rule} ${key ?? ''}`)
    return {
      ours: ours?.valid,
      theirs: theirs.valid,
      why: `BioMAJ: ${theirs.reason ?? ''}; ours: ${errors?.join(', ') ?? ''}`,
    }
  }

  const globalText = (changes: Keys = {}) => `[GENERAL]\nroot.dir=${root}\n${textOf({...soundGlobal, ...changes})}`

  it.each(Object.entries(cases))('%s', async (_, {bank = {}, global, env, more = ''}) => {
    const {ours, theirs, why} = await judge(
      `[GENERAL]\n${textOf({...soundBank, ...bank})}${more}`,
      globalText(global),
      env,
    )
    expect({valid: ours, why}).toEqual({valid: theirs, why})
  })

  it('has cases of both kinds', async () => {
    expect(await judge(`[GENERAL]\n${textOf(soundBank)}`, globalText())).toMatchObject({ours: true, theirs: true})
    expect(await judge('[GENERAL]\n', globalText())).toMatchObject({ours: false, theirs: false})
  })

  it.each([
    ['Latin-1', Buffer.concat([Buffer.from(`[GENERAL]\n${textOf(soundBank)}a=`), Buffer.from([0xe9])])],
    ['a byte-order mark', `\uFEFF[GENERAL]\n${textOf(soundBank)}`],
    ['line ends of Windows', `[GENERAL]\n${textOf(soundBank)}`.replaceAll('\n', '\r\n')],
    ['a zero byte', `[GENERAL]\n${textOf(soundBank)}a=\u0000\n`],
  ])('%s', async (_, bank) => {
    const {ours, theirs, why} = await judge(bank, globalText())
    expect({valid: ours, why}).toEqual({valid: theirs, why})
  })

  it('any banks', async () => {
    const value = fc.constantFrom(
      null,
      '',
      'M1',
      'P1',
      'P1,P2',
      'M1,M2',
      '%',
      '%(server)s',
      '/x',
      'x/',
      'none',
      'http',
      '1',
      '%%',
    )
    const names = [
      ...Object.keys({...soundBank, ...post, ...irods}),
      'remote.list',
      'M2',
      'P2.name',
      'P2.exe',
      'P2.args',
    ]
    const changes = fc.dictionary(fc.constantFrom(...names), value, {maxKeys: 4})
    await fc.assert(
      fc.asyncProperty(changes, fc.boolean(), async (changed, processes) => {
        const bank = {...soundBank, ...(processes ? post : {}), ...changed}
        const {ours, theirs, why} = await judge(`[GENERAL]\n${textOf(bank)}`, globalText())
        expect({valid: ours, why}).toEqual({valid: theirs, why})
      }),
      {numRuns: 500},
    )
  })

  const examples = '/usr/share/doc/python3-biomaj3/examples'
  const globals = globSync([`${examples}/global.properties.example`, `${examples}/**/global.properties`])
  const banks = globSync(`${examples}/**/{alu,local}.properties`)
  it.each(globals.flatMap(global => banks.map(bank => [bank, global] as const)))('%s with %s', async (bank, global) => {
    // Their folders are those of an installation; Elasticsearch and mail stay as they are.
    const text = readFileSync(global, 'utf8').replaceAll(/^(root|conf|log|process|cache|lock|data)\.dir=.*$/gm, '')
    const folders = `[GENERAL]\nroot.dir=${root}\n${textOf({...soundGlobal, use_elastic: null, 'db.url': null, 'db.name': null})}`
    const {ours, theirs, why} = await judge(readFileSync(bank), text.replace('[GENERAL]\n', folders))
    expect({valid: ours, why}).toEqual({valid: theirs, why})
    expect({valid: theirs, why}).toEqual({valid: true, why})
  })
})
