import {closest, distance} from 'fastest-levenshtein'
import {told} from '../../told.js'
import type {IniEntry} from '../ini.js'
import type {Finding} from './finding.js'
import {deadKeys, downloadOptions, knownKeys, processFields, remoteFileFields} from './known-keys.js'
import {entriesOf, referencedProcesses, type Subject, valueOf} from './subject.js'
import {warningAt} from './warning.js'

/** Keys and sections that BioMAJ does not read, or not as their names promise. */
export function lintKeys(subject: Subject): Finding[] {
  return [...ignoredSections(subject), ...deadOnes(subject), ...mistypedOnes(subject), ...multiDownload(subject)]
}

const logging = /^(loggers|handlers|formatters|(logger|handler|formatter)_.*)$/

function ignoredSections({bank}: Subject): Finding[] {
  const found = [...bank.sections.keys()]
    .filter(name => name !== 'GENERAL' && !logging.test(name))
    .map(name =>
      warningAt({name: null, file: bank.file, line: bank.headers.get(name) ?? null}, 'ignored-section', {
        message: told`Section [${name}] does nothing: BioMAJ reads [GENERAL] alone`,
        hint:
          name.trim().toLowerCase() === 'general'
            ? 'Write [GENERAL], in capitals and without spaces.'
            : 'Move its keys to [GENERAL], or leave them out.',
      }),
    )
  const line = bank.headers.get('loggers')
  if (line === undefined) return found
  const words = {
    message: 'It sets up logging, as a global file does and a bank cannot',
    hint: 'If this is the global file, give it with --global.',
  }
  return [...found, warningAt({name: null, file: bank.file, line}, 'global-file', words)]
}

function deadOnes(subject: Subject): Finding[] {
  return entriesOf(subject).flatMap(entry => {
    const instead = deadKeys.get(entry.key)
    // Set to nothing, as in most templates, it misleads nobody.
    if (instead === undefined || entry.raw === '') return []
    return [warningAt(entry, 'dead-key', {message: 'BioMAJ 3 never reads it', hint: instead})]
  })
}

function mistypedOnes(subject: Subject): Finding[] {
  const entries = entriesOf(subject)
  const {metas, processes} = referencedProcesses(subject)
  const names = new Map(processes.map(name => [name.toLowerCase(), name]))
  const used = new Set([
    ...knownKeys,
    ...deadKeys.keys(),
    ...optionKeys(subject),
    ...metas.map(meta => meta.toLowerCase()),
  ])
  // Somebody's own variable, for other values or for the arguments of a process.
  const references = entries.flatMap(({raw}) => Array.from(raw.matchAll(/%\(([^)]+)\)s|\$\{?([\w.-]+)/g)))
  for (const [, reference, variable] of references) used.add((reference ?? variable ?? '').toLowerCase())
  return entries.flatMap(entry => {
    const {key} = entry
    if (used.has(key) || isFree(key)) return []
    const [owner = '', field = ''] = splitAtLastDot(key)
    const process = names.get(owner)
    const file = /^remote\.file\.\d+(?=\.)/.exec(key)?.[0]
    const near =
      nearest(key, file === undefined ? ownKeys : remoteFileFields.map(name => `${file}.${name}`)) ??
      (process === undefined ? undefined : nearestField(field, process))
    if (near === undefined) return []
    return [warningAt(entry, 'unknown-key', {message: 'BioMAJ does not know it', hint: told`Did you mean ${near}?`})]
  })
}

const ownKeys = [
  ...knownKeys,
  ...downloadOptions.map(option => `options.${option}`),
  ...['download', 'process', 'daemon', 'user', 'cron', 'release'].flatMap(service => [
    `micro.biomaj.service.${service}`,
    `micro.biomaj.proxy.${service}`,
  ]),
]

const freeKeys = [
  /^remote\.file\.\d+\.(params|options)\./,
  /\.(value|files\.move|db\.post\.process)$/,
  new RegExp(String.raw`\.(${processFields.join('|')})$`),
]

/** Keys whose names are made up by the bank: they are judged by other rules, or cannot be. */
function isFree(key: string): boolean {
  return freeKeys.some(pattern => pattern.test(key))
}

function optionKeys(subject: Subject): string[] {
  const names = valueOf(subject, 'options.names').split(',')
  return [...ownKeys, ...names.map(name => `options.${name.trim()}`.toLowerCase())]
}

function splitAtLastDot(key: string): string[] {
  const dot = key.lastIndexOf('.')
  return [key.slice(0, Math.max(0, dot)), key.slice(dot + 1)]
}

function nearestField(field: string, process: string): string | undefined {
  const near = nearest(field, processFields)
  return near === undefined ? undefined : `${process}.${near}`
}

/** The known key from which this one differs by one slip of the finger, or by two if it is long. */
function nearest(key: string, known: readonly string[]): string | undefined {
  const slips = key.length < 8 ? 1 : 2
  const near = closest(
    key,
    known.filter(name => Math.abs(name.length - key.length) <= slips),
  )
  if (near === undefined || distance(key, near) > slips || near === key) return undefined
  return near === 'blocks' ? 'BLOCKS' : near
}

function multiDownload(subject: Subject): Finding[] {
  const files = entriesOf(subject).flatMap(entry => {
    const number = /^remote\.file\.(\d+)\./.exec(entry.key)?.[1]
    return number === undefined ? [] : [{entry, number}]
  })
  if (files.length === 0) return []
  const first: IniEntry | undefined = files[0]?.entry
  if (first && valueOf(subject, 'protocol') !== 'multi') {
    return [
      warningAt(first, 'multi-only', {
        message: 'Keys remote.file.N are for protocol=multi; BioMAJ ignores them here',
        hint: 'Set protocol=multi, or leave them out.',
      }),
    ]
  }
  let last = 0
  while (subject.properties.resolve(`remote.file.${last}.path`)) last++
  const ignored = files.filter(({number}) => number !== String(Number(number)) || Number(number) >= last)
  const numbers = new Map(ignored.toReversed().map(({number, entry}) => [number, entry]))
  return Array.from(numbers, ([number, entry]) =>
    warningAt(entry, 'multi-gap', {
      message: told`BioMAJ counts from 0 and stops where remote.file.N.path is missing, at ${last}: it never comes to ${number}`,
      hint: `Number the files from 0 without a gap; each needs its path.`,
    }),
  )
}
