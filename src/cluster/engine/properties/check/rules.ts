import {told} from '../../told.js'
import {isTrue} from '../bank-properties.js'
import {strip} from '../python-text.js'
import {type Finding, placeOf} from './finding.js'
import {reasonOf, type Subject} from './subject.js'

const protocols = new Set([
  'none',
  'multi',
  'local',
  'ftp',
  'ftps',
  'http',
  'https',
  'directftp',
  'directftps',
  'directhttp',
  'directhttps',
  'rsync',
  'irods',
])

const folders = ['data.dir', 'conf.dir', 'log.dir', 'process.dir', 'lock.dir', 'cache.dir']

/**
 * The rules by which BioMAJ accepts or refuses a bank: what `Bank(name).check()` does, and what ends BioMAJ before.
 * Where BioMAJ stops at the first problem, this goes on. Rules in the order of BioMAJ's.
 */
export function checkRules(subject: Subject): Finding[] {
  return new Rules(subject).run()
}

/** A value that is set, but cannot be read. */
const broken: unique symbol = Symbol('broken')

/** What a look-up gives; null when nothing sets the key. */
type LookUp = string | null | typeof broken

class Rules {
  readonly #subject: Subject
  readonly #findings: Finding[] = []
  readonly #broken = new Set<string>()
  /** Metaprocesses and processes that have been looked into; others may name them again. */
  readonly #seen = new Set<string>()

  constructor(subject: Subject) {
    this.#subject = subject
  }

  run(): Finding[] {
    this.#globalFile()
    for (const key of folders) this.#needsGlobal(key)
    this.#creation()
    this.#read('db.fullname')
    this.#read('db.formats')
    if (this.#isTrue('use_ldap')) for (const key of ['ldap.host', 'ldap.port', 'ldap.dn']) this.#needsGlobal(key)
    if (this.#isTrue('use_elastic')) for (const key of ['elastic_nodes', 'elastic_index']) this.#needsGlobal(key)
    if (isSet(this.#read('mail.smtp.host'))) this.#needsGlobal('mail.from')
    this.#relativeFolder('offline.dir.name')
    this.#relativeFolder('dir.version')
    this.#source()
    this.#needs('local.files', 'Say which of the downloaded files belong to the bank: .* for all.')
    for (const key of ['db.remove.process', 'db.pre.process']) this.#metas(key)
    for (const block of this.#names('BLOCKS')) {
      const key = `${block}.db.post.process`
      if (this.#needsDefinition(key, {kind: 'Block', name: block, from: 'BLOCKS'})) this.#metas(key)
    }
    return this.#findings
  }

  /** What BioMAJ reads from the global file alone, before it looks at any bank. */
  #globalFile(): void {
    const {global} = this.#subject
    if (!global) return
    const entries = global.sections.get('GENERAL')
    const wanted = ['conf.dir', 'use_elastic']
    const elastic = entries?.get('use_elastic') ?? global.defaults.get('use_elastic')
    if (elastic?.raw === '1') wanted.push('elastic_nodes', 'elastic_index')
    for (const key of wanted) {
      if (entries && (entries.has(key) || global.defaults.has(key))) continue
      this.#findings.push({
        severity: 'error',
        rule: 'missing-global',
        key,
        file: global.file,
        line: null,
        message: `"${key}" is not set; BioMAJ does not start without it in its global file`,
        hint: key === 'use_elastic' ? 'Write use_elastic=0 into [GENERAL].' : `Set ${key} in [GENERAL] of that file.`,
      })
    }
  }

  /** What BioMAJ reads when it first sees a bank. */
  #creation(): void {
    const threads = this.#read('bank.num.threads')
    if (threads !== null && threads !== broken && !/^[+-]?\p{Nd}+(_\p{Nd}+)*$/u.test(strip(threads))) {
      this.#add('not-a-number', 'bank.num.threads', {
        message: told`"${threads}" is not a whole number`,
        hint: 'Write a number, such as 2.',
      })
    }
    this.#read('visibility.default')
    this.#read('db.type')
  }

  #source(): void {
    const protocol = this.#needs('protocol', 'Write one of ftp, http, https, directhttp, local, rsync, multi, none, …')
    if (!isSet(protocol)) return
    if (!protocols.has(protocol)) {
      this.#add('unknown-protocol', 'protocol', {
        message: told`"${protocol}" is not a protocol that BioMAJ takes`,
        hint:
          protocol === 'sftp'
            ? 'BioMAJ could download by sftp, but its check refuses it; take another, such as https or rsync.'
            : `It takes ${[...protocols].join(', ')}.`,
      })
    }
    if (protocol !== 'multi' && protocol !== 'none') {
      if (protocol !== 'local') this.#needs('server', 'Name the server to download from.')
      const folder = this.#needs('remote.dir', 'Name the folder on the server, from / on.')
      if (isSet(folder) && !folder.endsWith('/')) {
        this.#add('no-slash', 'remote.dir', {
          message: 'It must end with "/" when it comes from the environment',
          hint: 'Add the "/".',
        })
      }
      if (!protocol.startsWith('direct') || !protocols.has(protocol)) this.#remoteFiles()
    }
    if (protocol.includes('irods')) {
      for (const key of ['irods.user', 'irods.password', 'irods.port', 'irods.protocol']) this.#needsGlobal(key)
    }
  }

  #remoteFiles(): void {
    const files = this.#read('remote.files')
    // Like BioMAJ: with remote.files nobody asks for remote.list.
    if (files === broken || isSet(files)) return
    const list = this.#read('remote.list')
    if (list === broken || isSet(list)) return
    this.#missing('remote.files', 'Say by patterns which files to download, or give their list with remote.list.')
  }

  #relativeFolder(key: string): void {
    const folder = this.#needs(key, told`Name a folder below data.dir, such as ${this.#subject.name}.`)
    if (!isSet(folder) || !folder.startsWith('/')) return
    this.#add('absolute-path', key, {
      message: told`"${folder}" is an absolute path`,
      hint: 'Name a folder below data.dir, without "/" at its begin.',
    })
  }

  #metas(key: string): void {
    for (const meta of this.#names(key)) {
      if (!this.#needsDefinition(meta, {kind: 'Metaprocess', name: meta, from: key}) || this.#wasSeen(`meta ${meta}`))
        continue
      for (const name of this.#names(meta)) {
        if (!this.#needsDefinition(`${name}.name`, {kind: 'Process', name, from: meta})) continue
        if (this.#wasSeen(`process ${name}`)) continue
        this.#needs(`${name}.exe`, 'Name the program to run.', meta)
        if (this.#read(`${name}.args`) === null) {
          this.#missing(`${name}.args`, told`Write ${name}.args= if it has no arguments.`, meta)
        }
      }
    }
  }

  #wasSeen(name: string): boolean {
    const seen = this.#seen.has(name)
    this.#seen.add(name)
    return seen
  }

  /** Each name once: what is wrong with it need not be told as often as it stands there. */
  #names(key: string): string[] {
    const names = this.#read(key)
    return isSet(names) ? [...new Set(names.split(','))] : []
  }

  #needsDefinition(key: string, {kind, name, from}: {kind: string; name: string; from: string}): boolean {
    const value = this.#read(key)
    if (value === broken || isSet(value)) return isSet(value)
    const spaces = name !== strip(name) ? 'Leave out the space: BioMAJ takes it for a part of the name.' : undefined
    this.#add('undefined-process', from, {
      message: told`${kind} "${name}" is not defined: "${key}" is not set`,
      hint: spaces ?? told`Set ${key}, or take "${name}" out of ${from}.`,
    })
    return false
  }

  /** A key that global files usually set: without one, it is not missed. */
  #needsGlobal(key: string): void {
    const value = this.#read(key)
    if (value === broken || isSet(value)) return
    if (this.#subject.global === undefined && value === null) return
    this.#missing(key, told`Set ${key}, usually in the global file.`)
  }

  #needs(key: string, hint: string, near?: string): LookUp {
    const value = this.#read(key)
    if (value !== broken && !isSet(value)) this.#missing(key, hint, near)
    return value
  }

  #missing(key: string, hint: string, near = key): void {
    const value = this.#subject.properties.resolve(key)
    this.#add('missing', key, {message: value ? 'It is empty' : 'It is not set', hint}, value ? key : near)
  }

  #isTrue(key: string): boolean {
    const value = this.#read(key)
    return isSet(value) && isTrue(value)
  }

  #read(key: string): LookUp {
    const property = this.#subject.properties.resolve(key)
    if (!property) return null
    if (property.ok) return property.value
    if (this.#subject.global === undefined && property.problem.kind === 'unknown-key') return broken
    if (!this.#broken.has(key)) {
      this.#broken.add(key)
      this.#add('interpolation', key, {
        message: told`It cannot be read: ${reasonOf(key, property.problem)}`,
        hint: 'Write %% for a percent sign, and %(key)s for the value of another key.',
      })
    }
    return broken
  }

  #add(rule: string, key: string, words: Pick<Finding, 'message' | 'hint'>, near = key): void {
    const {properties, bank} = this.#subject
    const place = placeOf(properties.resolve(near)?.origin, bank.file)
    this.#findings.push({severity: 'error', rule, key, ...place, ...words})
  }
}

function isSet(value: LookUp): value is string {
  return value !== null && value !== broken && value !== ''
}
