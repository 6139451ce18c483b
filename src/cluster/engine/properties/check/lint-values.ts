import {pythonPatternProblem} from '../../patterns/python-pattern.js'
import {told} from '../../told.js'
import {isTrue} from '../bank-properties.js'
import type {IniEntry} from '../ini.js'
import {words} from '../python-text.js'
import type {Finding} from './finding.js'
import {booleanKeys} from './known-keys.js'
import {entriesOf, type Subject, valueOf} from './subject.js'
import {warningAt} from './warning.js'

/** Values that BioMAJ understands otherwise than their author. */
export function lintValues(subject: Subject): Finding[] {
  return [
    ...entriesOf(subject).flatMap(entry => [...layout(entry), ...booleans(subject, entry), ...paths(subject, entry)]),
    ...patterns(subject),
    ...release(subject),
    ...bzip2(subject),
    ...proxy(subject),
    ...emptyBlocks(subject),
  ]
}

function layout(entry: IniEntry): Finding[] {
  const swallowed = /\n([\w.-]+)[ \t]*=/.exec(entry.raw)?.[1]
  const found =
    swallowed === undefined
      ? []
      : [
          warningAt(entry, 'swallowed-line', {
            message: told`The indented line with "${swallowed}" goes on with this value and sets nothing`,
            hint: 'Begin that line without spaces.',
          }),
        ]
  // Arguments and descriptions are free to contain it.
  if (/\.(args|desc|name)$/.test(entry.key) || entry.key === 'db.fullname') return found
  if (/[ \t][#;][ \t]/.test(entry.raw)) {
    found.push(
      warningAt(entry, 'inline-comment', {
        message: 'What looks like a comment behind the value is part of the value',
        hint: 'Put comments on lines of their own.',
      }),
    )
  }
  return found
}

const meantTrue = /^(true|yes|on|y|oui)$/i
const meantFalse = /^(false|no|off|n|non|0)$/i

function booleans(subject: Subject, entry: IniEntry): Finding[] {
  const value = valueOf(subject, entry.key)
  const {key} = entry
  const says = (message: string, hint: string) => [warningAt(entry, 'boolean', {message, hint})]
  if (key === 'no.extract') {
    if (value === 'false' || isTrue(value) || meantTrue.test(value)) return []
    return says(
      told`"${value}" turns extraction off, as everything does but exactly "false"`,
      'Write no.extract=false to extract, no.extract=true not to.',
    )
  }
  if (key === 'data.stats') {
    return meantFalse.test(value) && value !== '0'
      ? says(told`"${value}" turns it on, as everything does but "0"`, 'Write data.stats=0.')
      : []
  }
  if (key === 'mail.tls') {
    return value !== 'true' && (isTrue(value) || meantTrue.test(value))
      ? says(told`"${value}" turns it off; BioMAJ wants exactly "true"`, 'Write mail.tls=true.')
      : []
  }
  if (key.startsWith('micro.biomaj.service.')) {
    return meantTrue.test(value)
      ? says(told`"${value}" turns it off; BioMAJ wants exactly "1"`, told`Write ${key}=1.`)
      : []
  }
  if (!booleanKeys.has(key) && !/\.(cluster|expand)$|\boptions\.(ssl_verify|skip_check|allow_redir)/.test(key))
    return []
  return meantTrue.test(value) && !isTrue(value)
    ? says(told`"${value}" is false for BioMAJ: true is "true" or "1"`, told`Write ${entry.name}=true.`)
    : []
}

function paths(subject: Subject, entry: IniEntry): Finding[] {
  const relative = entry.key === 'offline.dir.name' || entry.key === 'dir.version'
  const target = entry.key === 'target.name' || /^remote\.file\.\d+\.name$/.test(entry.key)
  if ((!relative && !target) || !valueOf(subject, entry.key).split('/').includes('..')) return []
  return [
    warningAt(entry, 'leaves-data-dir', {
      message: `It leads out of the ${relative ? 'data folder' : 'folder of the download'} by ".."`,
      hint: 'Name a folder or file below it.',
    }),
  ]
}

function patterns(subject: Subject): Finding[] {
  return entriesOf(subject).flatMap(entry => {
    for (const pattern of patternsOf(subject, entry.key)) {
      const problem = pattern === '**/*' ? undefined : pythonPatternProblem(pattern)
      if (problem === undefined) continue
      return [
        warningAt(entry, 'pattern', {
          message: told`Python cannot compile "${pattern}": ${problem}`,
          hint: 'Correct the regular expression; the update would fail.',
        }),
      ]
    }
    return []
  })
}

/** The regular expressions that BioMAJ makes of a value, as it gives them to Python one by one. */
function patternsOf(subject: Subject, key: string): string[] {
  const value = valueOf(subject, key)
  if (value === '') return []
  switch (key) {
    case 'remote.files':
      return words(value).flatMap(pattern => pathPatterns(pattern))
    case 'release.file':
      return pathPatterns(value)
    case 'local.files':
      return words(value)
    case 'release.regexp':
      return [value]
    case 'http.parse.dir.line':
    case 'http.parse.file.line':
      return [value]
    default:
      return key.endsWith('.files.move') ? words(value).flatMap(pattern => pathPatterns(pattern)) : []
  }
}

/** One pattern for each folder and one for the name: a slash ends a pattern, also inside of brackets. */
function pathPatterns(pattern: string): string[] {
  if (pattern === '**/*') return []
  const parts = pattern.split('/')
  return parts.length > 1 && parts[0] === '^' ? parts.slice(1) : parts
}

function release(subject: Subject): Finding[] {
  const entry = subject.bank.sections.get('GENERAL')?.get('release.regexp')
  if (!entry || valueOf(subject, 'release.regexp') === '') return []
  if (valueOf(subject, 'release.file') !== '' || valueOf(subject, 'release.plugin') !== '') return []
  return [
    warningAt(entry, 'release-regexp-unused', {
      message: 'Without release.file BioMAJ never uses it: the release will be the date of the newest file',
      hint: 'Name the file that tells the release in release.file, or leave release.regexp out.',
    }),
  ]
}

function bzip2(subject: Subject): Finding[] {
  const noExtract = subject.properties.resolve('no.extract')
  if (noExtract && valueOf(subject, 'no.extract') !== 'false') return []
  return entriesOf(subject).flatMap(entry => {
    const files =
      entry.key === 'remote.files' ||
      entry.key === 'target.name' ||
      /^remote\.file\.\d+\.(path|name)$/.test(entry.key) ||
      (entry.key === 'remote.dir' && valueOf(subject, 'protocol').startsWith('direct'))
    if (!files) return []
    const plain = words(valueOf(subject, entry.key))
      .map(pattern => pattern.replaceAll('\\', ''))
      .filter(pattern => /\.bz2/.test(pattern) && !/\.tar\.bz2/.test(pattern))
    if (plain.length === 0) return []
    return [
      warningAt(entry, 'bzip2-without-tar', {
        message: 'BioMAJ unpacks .bz2 with tar, which fails for a file that is no tar archive',
        hint: 'Set no.extract=true and unpack in a process, unless they are tar archives.',
      }),
    ]
  })
}

function proxy(subject: Subject): Finding[] {
  const entry = subject.bank.sections.get('GENERAL')?.get('release.proxy_auth')
  if (!entry) return []
  return [
    warningAt(entry, 'release-proxy-auth', {
      message: 'BioMAJ takes it for the address of the proxy, not for user and password',
      hint: 'Use proxy_auth.',
    }),
  ]
}

function emptyBlocks(subject: Subject): Finding[] {
  const entry = subject.bank.sections.get('GENERAL')?.get('blocks')
  if (!entry || valueOf(subject, 'BLOCKS') !== '' || entry.raw !== '') return []
  return [
    warningAt(entry, 'empty-blocks', {
      message: 'It is empty; BioMAJ fails on it when an update is begun again at a process',
      hint: 'Leave BLOCKS out.',
    }),
  ]
}
