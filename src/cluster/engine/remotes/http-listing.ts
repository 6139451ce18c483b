import {createHash} from 'node:crypto'
import type {CalendarDate} from '../../model/bank.js'
import {type PatternMatch, PatternTooCostly, type PythonRegex} from '../patterns/python-regex.js'
import {told} from '../told.js'
import {calendarDate, ignored, monthNumber, nameProblem, pathProblem, type RemoteEntry} from './entry.js'
import {type HttpParse, lineRegex} from './http-parse.js'
import {RemoteError} from './remote-error.js'
import {parseDate} from './strptime.js'

interface ListingContext {
  parse: HttpParse
  /** Work for both patterns. */
  steps: number
  onWarning: (line: string) => void
}

const matchesPerTurn = 2000

/** The folders and files that the patterns `http.parse.*` find in an HTML page. */
export async function parseHttpListing(
  page: string,
  {parse, steps, onWarning}: ListingContext,
): Promise<RemoteEntry[]> {
  const {directory, file} = parse
  const budget = {steps}
  const entries: RemoteEntry[] = []
  const each = async (regex: PythonRegex, key: string, found: (match: PatternMatch) => void) => {
    let count = 0
    try {
      for (const match of regex.matches(page, budget)) {
        found(match)
        if (++count % matchesPerTurn === 0) await new Promise(resolve => setImmediate(resolve))
      }
    } catch (error) {
      if (!(error instanceof PatternTooCostly)) throw error
      throw new RemoteError({
        code: 'config_invalid',
        message: told`${key} takes too much work on the listing`,
        hint: 'Write it so that there is one way only to match a line.',
        permanent: true,
      })
    }
  }
  const directories = lineRegex(directory.line, [directory.name, directory.date], 'http.parse.dir.line')
  await each(directories, 'http.parse.dir.line', match => {
    const name = groupOf(match, directory.name)
    const problem = nameProblem(name)
    if (problem) onWarning(ignored(name, problem))
    else entries.push({name, kind: 'directory', size: null, date: null, hash: null})
  })
  const files = lineRegex(file.line, [file.name, file.date, file.size], 'http.parse.file.line')
  await each(files, 'http.parse.file.line', match => {
    const name = groupOf(match, file.name)
    // A page of one's own may link to what is in folders beside it.
    const problem = name.startsWith('/') ? 'it begins with a slash' : pathProblem(name)
    if (problem) {
      onWarning(ignored(name, problem))
      return
    }
    const written = file.date === null ? null : groupOf(match, file.date)
    const date = written === null ? null : dateOf(written, file.dateFormat)
    if (written !== null && !date) onWarning(told`No date of "${name}" in the listing: "${written}"`)
    const size = file.size === null ? null : sizeOf(groupOf(match, file.size))
    const hash = createHash('md5')
      .update(`${name}${written ?? ''}${size ?? 0}`)
      .digest('hex')
    entries.push({name, kind: 'file', size, date, hash})
  })
  return entries
}

/** As Python's findall: without groups, all of the match is the first. */
function groupOf({text, groups}: PatternMatch, number: number): string {
  return groups.length === 0 ? text : (groups[number - 1] ?? '')
}

/** `19-Jul-2014 13:02`, `19-07-2014`, also `2014-07-19`; or in the format that the properties give. */
function dateOf(text: string, format: string | null): CalendarDate | null {
  if (format !== null) return parseDate(text, format)
  const [first = '', middle = '', last = ''] = (text.trim().split(/\s+/)[0] ?? '').split('-')
  const month = monthNumber(middle)
  if (month === undefined || !/^\d+$/.test(first) || !/^\d+$/.test(last)) return null
  return first.length === 4
    ? calendarDate(Number(first), month, Number(last))
    : calendarDate(Number(last), month, Number(first))
}

const units: Readonly<Record<string, number>> = {'': 1, b: 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12, p: 1e15}

/** Bytes of `12`, `1.5M`: in powers of 1,000, as BioMAJ counts. Rounded by the server, so never compared with a file's. */
function sizeOf(text: string): number | null {
  const found = /^(\d+(?:\.\d+)?)\s*([a-z]?)(i?)(?:b|bytes?)?$/i.exec(text.trim())
  if (!found) return null
  const [, number = '', unit = '', binary = ''] = found
  const factor = units[unit.toLowerCase()]
  if (factor === undefined) return null
  const power = Math.round(Math.log10(factor) / 3)
  return Math.trunc(Number(number) * (binary === '' ? factor : 1024 ** power))
}
