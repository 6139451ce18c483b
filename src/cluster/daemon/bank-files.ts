import {access} from 'node:fs/promises'
import path from 'node:path'
import {BankProperties} from '../engine/properties/bank-properties.js'
import {type CheckedBank, checkBankFiles} from '../engine/properties/check/check-bank.js'
import {referencedProcesses} from '../engine/properties/check/subject.js'
import {type IniFile, parseIni} from '../engine/properties/ini.js'
import {readPropertiesFile} from '../engine/properties/read-file.js'
import type {Bank} from '../model/bank.js'
import {isBankName} from './bank-name.js'
import {emptyBank} from '../model/empty-bank.js'

export interface BankFilesOptions {
  /** Absolute path of `global.properties`. */
  globalProperties: string
  /** Where `conf` is when the global file does not say. */
  dataDirectory: string
  /** Variables `BIOMAJ_X_Y_Z` that win over the files. */
  env: Readonly<Record<string, string | undefined>>
}

/** What a bank's own file says, as far as requests need to know it. */
export interface BankFile {
  visibility: Bank['visibility']
  types: string[]
  description: string | null
  /** Names that an update may begin with in a process step. */
  processes: ReadonlySet<string>
}

/** The properties files of the site. Read anew for each request: whoever edits one expects it to count. */
export class BankFiles {
  readonly #options: BankFilesOptions

  constructor(options: BankFilesOptions) {
    this.#options = options
  }

  /** Absolute path of a bank's file; there need not be one. */
  async pathOf(name: string): Promise<string> {
    const {dataDirectory} = this.#options
    const folder = (await this.global()).resolve('conf.dir')
    return path.resolve(dataDirectory, folder?.ok === true ? folder.value : 'conf', `${name}.properties`)
  }

  async exists(name: string): Promise<boolean> {
    if (!isBankName(name)) return false
    try {
      await access(await this.pathOf(name))
      return true
    } catch (error) {
      if (error instanceof Error && 'code' in error) return false
      throw error
    }
  }

  /** Undefined when the bank has no file, or one that nobody can read. */
  async read(name: string): Promise<BankFile | undefined> {
    if (!isBankName(name)) return undefined
    const read = await readPropertiesFile(await this.pathOf(name), this.#options.dataDirectory)
    if (!read.ok) return undefined
    const global = await this.#globalFile()
    const properties = this.#properties(read.ini, global)
    for (const key of ['localrelease', 'remoterelease']) properties.set(key, '')
    const {blocks, metas, processes} = referencedProcesses({
      name,
      bank: read.ini,
      global,
      properties,
      worldReadable: false,
    })
    return {
      visibility: valueOf(properties, 'visibility.default') === 'private' ? 'private' : 'public',
      types: (valueOf(properties, 'db.type') ?? '').split(','),
      description: valueOf(properties, 'db.fullname') ?? null,
      processes: new Set([...blocks, ...metas, ...processes]),
    }
  }

  async check(name: string): Promise<CheckedBank | undefined> {
    const {globalProperties, dataDirectory, env} = this.#options
    const [checked] = await checkBankFiles([await this.pathOf(name)], {
      global: globalProperties,
      env,
      cwd: dataDirectory,
      platform: process.platform,
    })
    return checked
  }

  /** What `global.properties` says of the site. */
  async global(): Promise<BankProperties> {
    return this.#properties(parseIni('[GENERAL]\n', ''), await this.#globalFile())
  }

  async #globalFile(): Promise<IniFile | undefined> {
    const {globalProperties, dataDirectory} = this.#options
    const read = await readPropertiesFile(globalProperties, dataDirectory)
    return read.ok && read.ini.problems.length === 0 ? read.ini : undefined
  }

  #properties(bank: IniFile, global: IniFile | undefined): BankProperties {
    return new BankProperties({
      bank,
      global,
      env: this.#options.env,
      budget: {references: 1_000_000, characters: 32 * 1024 * 1024},
    })
  }
}

function valueOf(properties: BankProperties, key: string): string | undefined {
  const property = properties.resolve(key)
  return property?.ok === true ? property.value : undefined
}

/** A bank that has a file and nothing else. */
export function newBank(name: string, owner: string, {visibility, types, description}: BankFile): Bank {
  return emptyBank({
    name,
    owner,
    visibility,
    description,
    types,
  })
}
