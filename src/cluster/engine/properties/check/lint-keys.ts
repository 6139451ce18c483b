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
  const known = knownTo(subject)
  const {metas} = referencedProcesses(subject)
  const used = new Set([...known, ...metas.map(meta => meta.toLowerCase())])
  const mentioned = entriesOf(subject)
    .map(({raw}) => raw.toLowerCase())
    .join('\n')
  return entriesOf(subject).flatMap(entry => {
    const {key} = entry
    if (used.has(key) || deadKeys.has(key) || isFree(key)) return []
    // Somebody's own variable, for other values or for the arguments of a process.
    if (mentioned.includes(`%(${key})s`) || mentioned.includes(`\${${key}}`) || mentioned.includes(`$${key}`)) return []
    const near = closest(key, known)
    if (distance(key, near) > (key.length < 8 ? 1 : 2)) return []
    return [
      warningAt(entry, 'unknown-key', {
        message: `BioMAJ does not know it`,
        hint: told`Did you mean ${spelled(subject, near)}?`,
      }),
    ]
  })
}

/** Keys whose names are made up by the bank: they are judged by other rules, or cannot be. */
function isFree(key: string): boolean {
  return (
    /^remote\.file\.\d+\.(params|options)\./.test(key) ||
    /\.(value|files\.move|db\.post\.process)$/.test(key) ||
    new RegExp(`\\.(${processFields.join('|')})$`).test(key)
  )
}

function knownTo(subject: Subject): string[] {
  const {processes} = referencedProcesses(subject)
  const numbers = new Set(entriesOf(subject).flatMap(({key}) => /^remote\.file\.(\d+)\./.exec(key)?.[1] ?? []))
  const services = ['download', 'process', 'daemon', 'user', 'cron', 'release']
  return [
    ...knownKeys,
    ...downloadOptions.map(option => `options.${option}`),
    ...services.flatMap(service => [`micro.biomaj.service.${service}`, `micro.biomaj.proxy.${service}`]),
    ...processes.flatMap(name => processFields.map(field => `${name}.${field}`.toLowerCase())),
    ...[...numbers].flatMap(number => remoteFileFields.map(field => `remote.file.${number}.${field}`)),
    ...valueOf(subject, 'options.names')
      .split(',')
      .map(name => `options.${name.trim()}`.toLowerCase()),
  ]
}

/** As the file spells names of its own; keys of BioMAJ's are in lower case. */
function spelled(subject: Subject, key: string): string {
  if (key === 'blocks') return 'BLOCKS'
  const {processes} = referencedProcesses(subject)
  const name = processes.find(process => key.startsWith(`${process.toLowerCase()}.`))
  return name === undefined ? key : name + key.slice(name.length)
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
