import {writeFile} from 'node:fs/promises'
import {BiomajError} from '../../shared/errors.js'
import {bankFile} from '../engine/load-bank.js'
import {BankProperties} from '../engine/properties/bank-properties.js'
import {parseIni} from '../engine/properties/ini.js'
import type {Bank} from '../model/bank.js'
import type {Store} from '../store/store.js'
import {emptyBank} from '../model/empty-bank.js'

export interface BankToAdd {
  name: string
  /** Text of its properties file. */
  properties: string
  owner: string
}

/**
 * Writes a bank's properties file and makes the bank known, so that it is listed before its first update.
 *
 * @returns path of the file
 * @throws {BiomajError} `bank_exists`, `config_invalid` when the properties cannot be read, `bank_not_found` for a name
 * that no bank can have
 */
export async function addBank(
  {name, properties, owner}: BankToAdd,
  {store, confDirectory}: {store: Store; confDirectory: string},
): Promise<string> {
  const file = bankFile(name, confDirectory)
  const bank = newBank({name, properties, owner}, file)
  if ((await store.banks.get(name)) !== undefined) throw bankExists(name)
  try {
    await writeFile(file, properties, {mode: 0o600, flag: 'wx'})
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') throw bankExists(name, file)
    throw error
  }
  if (!(await store.banks.insert(bank))) throw bankExists(name)
  return file
}

function newBank({name, properties, owner}: BankToAdd, file: string): Bank {
  const ini = parseIni(properties, file)
  const [problem] = ini.problems
  if (problem !== undefined) {
    throw new BiomajError({
      code: 'config_invalid',
      message: `The properties of ${name}, line ${problem.line}: ${problem.message}`,
    })
  }
  const values = new BankProperties({bank: ini})
  const text = (key: string): string | undefined => {
    const property = values.resolve(key)
    return property?.ok === true && property.value !== '' ? property.value : undefined
  }
  return emptyBank({
    name,
    owner,
    visibility: text('visibility.default') === 'private' ? 'private' : 'public',
    description: text('db.fullname') ?? null,
    types: (text('db.type') ?? '').split(','),
  })
}

function bankExists(name: string, file?: string): BiomajError {
  return new BiomajError({
    code: 'bank_exists',
    message: file === undefined ? `There is a bank "${name}" already` : `There is a file ${file} already`,
    hint: 'Choose another name, or remove it first: `biomaj cluster bank remove`.',
    details: {bank: name},
  })
}
