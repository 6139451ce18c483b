import {createHash} from 'node:crypto'
import type {CalendarDate} from '../../model/bank.js'
import {told} from '../told.js'
import {calendarDate, ignored, monthNumber, nameProblem, type RemoteEntry} from './entry.js'
import {RemoteError} from './remote-error.js'

interface ListingContext {
  /** Now, to tell the year of dates that have none. */
  now: Date
  onWarning: (line: string) => void
}

/** What the answer to MLSD says (RFC 3659). */
export function parseMlsd(text: string, {onWarning}: ListingContext): RemoteEntry[] {
  return entriesOf(text, onWarning, line => {
    const space = line.indexOf(' ')
    if (space < 0) return undefined
    const facts = new Map(
      line
        .slice(0, space)
        .split(';')
        .map(fact => {
          const equals = fact.indexOf('=')
          return [fact.slice(0, equals).toLowerCase(), fact.slice(equals + 1)] as const
        }),
    )
    const type = facts.get('type')?.toLowerCase() ?? ''
    if (type === 'cdir' || type === 'pdir') return null
    const kind = /^os\.unix=(slink|symlink)/.test(type)
      ? 'link'
      : type === 'dir'
        ? 'directory'
        : type === 'file'
          ? 'file'
          : undefined
    if (!kind) return type === '' ? undefined : null
    const [, year, month, day] = /^(\d{4})(\d\d)(\d\d)\d{6}/.exec(facts.get('modify') ?? '') ?? []
    return {
      name: line.slice(space + 1),
      kind,
      size: kind === 'file' ? sizeOf(facts.get('size')) : null,
      date: year === undefined ? null : calendarDate(Number(year), Number(month), Number(day)),
    }
  })
}

// Mode, links, owner, group (some leave it out), size, date, name.
const unixLine =
  /^([-bcdlps])[-rwxsStTlL]{9}[+.@]?\s+\d+\s+\S+\s+(?:\S+\s+)??(\d+)\s+(?:([A-Za-z]{3})\s+(\d{1,2})\s+(\d{4}|\d{1,2}:\d{2})|(\d{4})-(\d\d)-(\d\d)\s+\d\d:\d\d)\s(.+)$/
const windowsLine = /^(\d\d)-(\d\d)-(\d{2}|\d{4})\s+(\d{1,2}:\d{2}[AP]M|\d\d:\d\d)\s+(?:(<DIR>)|(\d+))\s+(.+)$/
const longestLine = 8192

/** What the answer to LIST says, of servers that write as `ls -l` does or as Windows' `dir`. */
export function parseList(text: string, {now, onWarning}: ListingContext): RemoteEntry[] {
  return entriesOf(text, onWarning, line => {
    if (/^total\s+\d+$/i.test(line)) return null
    const unix = unixLine.exec(line)
    if (unix) {
      const [, type = '', size, month, day, yearOrTime, isoYear, isoMonth, isoDay, rest = ''] = unix
      if (type !== '-' && type !== 'd' && type !== 'l') return null
      const name = type === 'l' ? (rest.split(' -> ')[0] ?? '') : rest
      if (name === '.' || name === '..') return null
      return {
        name,
        kind: type === 'd' ? 'directory' : type === 'l' ? 'link' : 'file',
        size: type === '-' ? sizeOf(size) : null,
        date:
          isoYear === undefined
            ? unixDate({month: month ?? '', day: Number(day), yearOrTime: yearOrTime ?? '', now})
            : calendarDate(Number(isoYear), Number(isoMonth), Number(isoDay)),
      }
    }
    const windows = windowsLine.exec(line)
    if (!windows) return undefined
    const [, month, day, year = '', , isFolder, size, name = ''] = windows
    const fullYear = year.length === 4 ? Number(year) : Number(year) + (Number(year) < 70 ? 2000 : 1900)
    return {
      name,
      kind: isFolder === undefined ? 'file' : 'directory',
      size: sizeOf(size),
      date: calendarDate(fullYear, Number(month), Number(day)),
    }
  })
}

/** Without a year: the last time when it was that day. The clock of the server may be a day ahead. */
function unixDate({
  month,
  day,
  yearOrTime,
  now,
}: {
  month: string
  day: number
  yearOrTime: string
  now: Date
}): CalendarDate | null {
  const number = monthNumber(month)
  if (number === undefined) return null
  if (!yearOrTime.includes(':')) return calendarDate(Number(yearOrTime), number, day)
  const year = now.getUTCFullYear()
  const tomorrow = now.getTime() + 86_400_000
  return calendarDate(Date.UTC(year, number - 1, day) > tomorrow ? year - 1 : year, number, day)
}

type ReadLine = (line: string) => Omit<RemoteEntry, 'hash'> | null | undefined

/** Each line read: null is passed over without a word, undefined was not understood. */
function entriesOf(text: string, onWarning: (line: string) => void, read: ReadLine): RemoteEntry[] {
  const entries: RemoteEntry[] = []
  let strange = 0
  let example = ''
  for (const line of text.split(/[\r\n]+/)) {
    if (line === '') continue
    const entry = line.length > longestLine ? undefined : read(line)
    if (entry === null) continue
    if (!entry) {
      strange++
      example ||= line
      continue
    }
    const problem = nameProblem(entry.name) ?? (entry.name.includes('\uFFFD') ? 'it is not in UTF-8' : undefined)
    if (problem) onWarning(ignored(entry.name, problem))
    else entries.push({...entry, hash: createHash('md5').update(line).digest('hex')})
  }
  if (strange === 0) return entries
  if (entries.length === 0) {
    throw new RemoteError({
      code: 'protocol',
      message: told`The listing cannot be read; it begins with "${example}"`,
      permanent: true,
    })
  }
  onWarning(told`${strange} lines of the listing cannot be read, such as "${example}"`)
  return entries
}

function sizeOf(digits: string | undefined): number | null {
  return digits !== undefined && /^\d{1,15}$/.test(digits) ? Number(digits) : null
}
