import {told} from '../../told.js'
import type {IniEntry} from '../ini.js'
import type {Finding} from './finding.js'
import {entriesOf, isSecretKey, reasonOf, referencedProcesses, type Subject, valueOf} from './subject.js'
import {warningAt} from './warning.js'

/** Processes that nothing runs, values that cannot be put together, secrets, and the bank's name. */
export function lintReferences(subject: Subject): Finding[] {
  return [...unusedProcesses(subject), ...brokenValues(subject), ...secrets(subject), ...bankName(subject)]
}

function unusedProcesses(subject: Subject): Finding[] {
  const referenced = referencedProcesses(subject)
  const blocks = lower(referenced.blocks)
  const metas = lower(referenced.metas)
  const processes = lower(referenced.processes)
  const entries = entriesOf(subject)
  const unused: Finding[] = []
  const defined = new Set<string>()
  for (const entry of entries) {
    const process = /^(.+)\.exe$/.exec(entry.key)?.[1]
    if (process === undefined) continue
    defined.add(process)
    if (!processes.has(process)) unused.push(neverRun(entry, 'Process', 'a metaprocess'))
  }
  for (const entry of entries) {
    const block = /^(.+)\.db\.post\.process$/.exec(entry.key)?.[1]
    if (block !== undefined && !blocks.has(block)) unused.push(neverRun(entry, 'Block', 'BLOCKS'))
    const names = valueOf(subject, entry.key).split(',')
    const isMeta = !entry.key.includes('.') && names.every(name => defined.has(name.trim().toLowerCase()))
    if (isMeta && !metas.has(entry.key)) {
      unused.push(neverRun(entry, 'Metaprocess', 'a block, db.pre.process or db.remove.process'))
    }
  }
  return unused
}

function lower(names: readonly string[]): Set<string> {
  return new Set(names.map(name => name.toLowerCase()))
}

function neverRun(entry: IniEntry, kind: string, where: string): Finding {
  const name = entry.name.replace(/\.(exe|db\.post\.process)$/i, '')
  return warningAt(entry, 'unused-process', {
    message: told`${kind} "${name}" is defined, but never run`,
    hint: `Name it in ${where}, or leave it out.`,
  })
}

function brokenValues(subject: Subject): Finding[] {
  return entriesOf(subject).flatMap(entry => {
    const property = subject.properties.resolve(entry.key)
    if (!property || property.ok) return []
    if (subject.global === undefined && property.problem.kind === 'unknown-key') {
      return [
        warningAt(entry, 'unknown-reference', {
          message: told`It cannot be checked: ${reasonOf(entry.key, property.problem)} in this file`,
          hint: 'Give the global file with --global to have it checked.',
        }),
      ]
    }
    return [
      warningAt(entry, 'interpolation', {
        message: told`It cannot be read: ${reasonOf(entry.key, property.problem)}; the update fails when this is needed, or when a process runs`,
        hint: 'Write %% for a percent sign, and %(key)s for the value of another key.',
      }),
    ]
  })
}

function secrets(subject: Subject): Finding[] {
  // As it is in the file: what cannot be read has been told of without its value, and may be a password.
  const secret = entriesOf(subject).filter(({key, raw}) =>
    isSecretKey(key) ? raw !== '' : /^[a-z]+:\/\/[^/\s@]+:[^/\s@]+@/i.test(raw),
  )
  const [first] = secret
  if (!first) return []
  const found = secret.map(entry =>
    warningAt(entry, 'plain-credentials', {
      message: 'A password stands here in plain text; every process of the bank finds it in its environment',
      hint: 'Use an account that may only read what is public, and keep the file from others.',
    }),
  )
  if (subject.worldReadable) {
    found.push(
      warningAt(first, 'world-readable', {
        message: 'The file has a password, and everybody on this machine may read it',
        hint: `Take that away: chmod o-r on the file.`,
      }),
    )
  }
  return found
}

function bankName(subject: Subject): Finding[] {
  const {bank, name} = subject
  const found: Finding[] = []
  if (!bank.file.endsWith('.properties')) {
    found.push(
      warningAt({name: null, file: bank.file, line: null}, 'file-name', {
        message: 'BioMAJ does not see it: the files of banks are called NAME.properties',
        hint: 'Rename it.',
      }),
    )
  }
  const entry = bank.sections.get('GENERAL')?.get('db.name')
  const given = valueOf(subject, 'db.name')
  if (entry && given !== '' && given !== name) {
    found.push(
      warningAt(entry, 'bank-name', {
        message: told`BioMAJ calls the bank "${name}" after its file, whatever stands here`,
        hint: told`Write db.name=${name}, or rename the file.`,
      }),
    )
  }
  return found
}
