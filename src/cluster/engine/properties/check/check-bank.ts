import path from 'node:path'
import {BiomajError} from '../../../../shared/errors.js'
import {told} from '../../told.js'
import {BankProperties} from '../bank-properties.js'
import type {IniFile, IniProblem} from '../ini.js'
import {readPropertiesFile, type UnreadableFile} from '../read-file.js'
import {type Finding, inOrder} from './finding.js'
import {lintKeys} from './lint-keys.js'
import {lintReferences} from './lint-references.js'
import {lintUnsupported} from './lint-unsupported.js'
import {lintValues} from './lint-values.js'
import {checkRules} from './rules.js'

/** What is found in the properties of one bank. */
export interface CheckedBank {
  file: string
  /** Name that BioMAJ gives the bank. */
  bank: string
  /** BioMAJ takes it: nothing among the findings is an error. */
  valid: boolean
  findings: Finding[]
}

export interface CheckOptions {
  /** Path of the global file; without it, what such a file sets is neither missed nor resolved. */
  global?: string | undefined
  /** Variables `BIOMAJ_X_Y_Z` that win over the files. Default: none. */
  env?: Readonly<Record<string, string | undefined>> | undefined
  /** Folder in which relative paths begin. */
  cwd: string
  platform: NodeJS.Platform
}

/**
 * Checks files of banks as BioMAJ does before it runs one, and tells what BioMAJ would ignore or misread.
 * Files come in their order; a file that cannot be read is an error of its own.
 *
 * @throws {BiomajError} `usage` when the global file cannot be read
 */
export async function checkBankFiles(files: readonly string[], options: CheckOptions): Promise<CheckedBank[]> {
  const global = options.global === undefined ? undefined : await readGlobal(options.global, options.cwd)
  const checked: CheckedBank[] = []
  for (const file of files) {
    const read = await readPropertiesFile(file, options.cwd)
    const failures = [...problemsOf(global), ...(read.ok ? problemsOf(read.ini) : [unreadable(file, read)])]
    const findings =
      failures.length === 0 && read.ok ? checkBank({bank: read.ini, global}, {...options, mode: read.mode}) : failures
    checked.push({file, bank: bankOf(file), valid: !findings.some(({severity}) => severity === 'error'), findings})
  }
  return checked
}

async function readGlobal(file: string, cwd: string): Promise<IniFile> {
  const read = await readPropertiesFile(file, cwd)
  if (read.ok) return read.ini
  const message = told`The global file ${file} cannot be read: ${read.message}`
  throw new BiomajError({code: 'usage', message, hint: 'Give the global.properties of the cluster.'})
}

/** The findings for files that have been parsed without problems. */
export function checkBank(
  {bank, global}: {bank: IniFile; global: IniFile | undefined},
  {env, platform, mode}: Pick<CheckOptions, 'env' | 'platform'> & {mode: number},
): Finding[] {
  const properties = new BankProperties({
    bank,
    global,
    env,
    budget: {references: 1_000_000, characters: 32 * 1024 * 1024},
  })
  // BioMAJ gives both an empty value before it checks, so values may refer to them.
  for (const key of ['localrelease', 'remoterelease']) properties.set(key, '')
  const worldReadable = platform !== 'win32' && (mode & 0o004) !== 0
  const subject = {name: bankOf(bank.file), bank, global, properties, worldReadable}
  const errors = checkRules(subject)
  const warnings = [
    ...lintKeys(subject),
    ...lintValues(subject),
    ...lintReferences(subject),
    ...lintUnsupported(subject),
  ]
  const told = new Set(errors.map(({key, rule}) => `${rule} ${key?.toLowerCase() ?? ''}`))
  const news = warnings.filter(({key, rule}) => !told.has(`${rule} ${key?.toLowerCase() ?? ''}`))
  return inOrder([...errors, ...news], bank.file)
}

function bankOf(file: string): string {
  return path.basename(file).replace(/\.properties$/, '')
}

function unreadable(file: string, {kind, line, message, hint}: UnreadableFile): Finding {
  return {severity: 'error', rule: kind, key: null, file, line, message, hint}
}

const remedies: Readonly<Record<IniProblem['kind'], string>> = {
  'no-section-header': 'Begin the file with [GENERAL], in UTF-8 without a byte-order mark.',
  'duplicate-section': 'Join both under one header.',
  'duplicate-key': 'Leave one of them out; capitals make no difference.',
  'no-delimiter': 'Write key=value, or # before a comment.',
  'no-key': 'Write the key before "=".',
}

function problemsOf(ini: IniFile | undefined): Finding[] {
  return (ini?.problems ?? []).map(({kind, line, key, message}) => ({
    severity: 'error',
    rule: kind,
    key: key ?? null,
    file: ini?.file ?? '',
    line,
    message,
    hint: remedies[kind],
  }))
}
