import type {BankProperties} from '../bank-properties.js'
import type {IniEntry, IniFile} from '../ini.js'
import type {InterpolationProblem} from '../interpolation.js'

/** A bank under examination. Its files have been parsed without a problem. */
export interface Subject {
  /** Name of the bank: that of its file. */
  name: string
  bank: IniFile
  /** Without it, what is usually set there is not missed, and references to it are not followed. */
  global: IniFile | undefined
  properties: BankProperties
  /** Anybody on this machine can read the bank's file. */
  worldReadable: boolean
}

/** What the bank's own file sets in the section that BioMAJ reads. */
export function entriesOf({bank}: Subject): IniEntry[] {
  return [...(bank.sections.get('GENERAL')?.values() ?? [])]
}

/** The value of a key, or an empty text when it is not set, or broken, which is told elsewhere. */
export function valueOf({properties}: Subject, key: string): string {
  const property = properties.resolve(key)
  return property?.ok === true ? property.value : ''
}

/** Names between commas, once each, without the spaces that BioMAJ takes for a part of them. */
function namesOf(subject: Subject, key: string): string[] {
  const value = valueOf(subject, key)
  return value === '' ? [] : unique(value.split(',').map(name => name.trim()))
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)]
}

export interface Processes {
  blocks: string[]
  metas: string[]
  processes: string[]
}

/** Blocks, metaprocesses and processes that are reached from the keys where BioMAJ begins. */
export function referencedProcesses(subject: Subject): Processes {
  const blocks = namesOf(subject, 'BLOCKS')
  const metas = unique([
    ...blocks.flatMap(block => namesOf(subject, `${block}.db.post.process`)),
    ...namesOf(subject, 'db.pre.process'),
    ...namesOf(subject, 'db.remove.process'),
  ])
  const processes = unique(metas.flatMap(meta => namesOf(subject, meta)))
  return {blocks, metas, processes}
}

/** Keys whose value is, or contains, a password. Their values are never part of a message. */
export function isSecretKey(key: string): boolean {
  return /(^|\.)(credentials|password|proxy_auth)$|_password$/.test(key.toLowerCase())
}

/** Why a value cannot be read; of a secret not even the key that it refers to, which may be a part of it. */
export function reasonOf(key: string, {kind, message}: InterpolationProblem): string {
  return kind === 'unknown-key' && isSecretKey(key) ? 'it refers to a key that is not set' : message
}
