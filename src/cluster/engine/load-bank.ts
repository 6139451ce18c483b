import path from 'node:path'
import {BiomajError} from '../../shared/errors.js'
import type {ClusterSettings} from '../settings/cluster-settings.js'
import {plainName} from './layout.js'
import {BankProperties} from './properties/bank-properties.js'
import type {IniFile} from './properties/ini.js'
import {readPropertiesFile} from './properties/read-file.js'
import {told} from './told.js'

export interface BankSource {
  settings: Pick<ClusterSettings, 'globalProperties'>
  /** Variables `BIOMAJ_X_Y_Z` win over the files. */
  env: Readonly<Record<string, string | undefined>>
}

/** A bank's files as they are now. A run reads them once. */
export interface LoadedBank {
  properties: BankProperties
  bank: IniFile
  global: IniFile
}

/**
 * The properties of a bank: `conf.dir/<name>.properties` over `global.properties`, under the environment.
 *
 * @throws {BiomajError} `bank_not_found` without such a file or when the name is no plain name; `config_invalid` when
 * a file cannot be read
 */
export async function loadBank(name: string, source: BankSource): Promise<BankProperties> {
  return (await loadBankFiles(name, source)).properties
}

/** As `loadBank`, with the files. */
export async function loadBankFiles(name: string, {settings, env}: BankSource): Promise<LoadedBank> {
  const global = await readIni(settings.globalProperties)
  const site = new BankProperties({bank: emptyFile, global, env})
  const bank = await readIni(bankFile(name, site.get('conf.dir', '')), name)
  return {properties: new BankProperties({bank, global, env, home: env['HOME'] ?? '~'}), bank, global}
}

/**
 * The properties of the site alone, as they are before any bank is read.
 *
 * @throws {BiomajError} `config_invalid`
 */
export async function loadSite({settings, env}: BankSource): Promise<BankProperties> {
  return new BankProperties({bank: emptyFile, global: await readIni(settings.globalProperties), env})
}

const emptyFile: IniFile = {file: '', sections: new Map(), defaults: new Map(), headers: new Map(), problems: []}

/**
 * Where the properties of a bank are.
 *
 * @throws {BiomajError} `bank_not_found` when the name is no plain name, `config_invalid` when `conf.dir` is not absolute
 */
export function bankFile(name: string, confDirectory: string): string {
  if (!path.isAbsolute(confDirectory)) {
    throw new BiomajError({
      code: 'config_invalid',
      message: 'conf.dir must be set in global.properties, as an absolute path',
    })
  }
  try {
    if (name.startsWith('.')) throw new Error('hidden')
    return path.join(confDirectory, plainName(`${name}.properties`, 'name of the bank'))
  } catch (cause) {
    throw new BiomajError({code: 'bank_not_found', message: told`"${name}" cannot be the name of a bank`, cause})
  }
}

async function readIni(file: string, bank?: string): Promise<IniFile> {
  const read = await readPropertiesFile(file, '/')
  if (read.ok) {
    const [problem] = read.ini.problems
    if (!problem) return read.ini
    throw new BiomajError({
      code: 'config_invalid',
      message: told`${file}, line ${problem.line}: ${problem.message}`,
      hint: 'See all that is wrong with it: biomaj cluster bank check.',
    })
  }
  if (bank !== undefined && read.message === 'There is no such file') {
    throw new BiomajError({
      code: 'bank_not_found',
      message: told`There is no bank "${bank}": ${file} does not exist`,
      hint: 'Add it: biomaj cluster bank add.',
    })
  }
  throw new BiomajError({code: 'config_invalid', message: told`${file} cannot be read: ${read.message}`})
}
