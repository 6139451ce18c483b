import {BiomajError} from '../../../shared/errors.js'
import type {CalendarDate} from '../../model/bank.js'
import {told} from '../told.js'
import {calendarDate, monthNumber} from './entry.js'

const monthNames = 'january|february|march|april|may|june|july|august|september|october|november|december'
const shortMonths = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec'
const dayNames = 'monday|tuesday|wednesday|thursday|friday|saturday|sunday'
const shortDays = 'mon|tue|wed|thu|fri|sat|sun'

/** What Python's strptime takes for a letter; those with a name tell the date. */
const letters: Readonly<Record<string, string>> = {
  Y: String.raw`(?<year>\d{4})`,
  y: String.raw`(?<shortYear>\d\d)`,
  m: String.raw`(?<month>1[0-2]|0[1-9]|[1-9])`,
  b: `(?<name>${shortMonths})`,
  B: `(?<name>${monthNames})`,
  d: String.raw`(?<day>3[01]|[12]\d|0[1-9]|[1-9]| [1-9])`,
  H: String.raw`(?:2[0-3]|[01]\d|\d)`,
  I: String.raw`(?:1[0-2]|0[1-9]|[1-9])`,
  M: String.raw`(?:[0-5]\d|\d)`,
  S: String.raw`(?:6[01]|[0-5]\d|\d)`,
  f: String.raw`\d{1,6}`,
  p: '(?:am|pm)',
  a: `(?:${shortDays})`,
  A: `(?:${dayNames})`,
  z: String.raw`(?:[+-]\d\d:?[0-5]\d(?::?[0-5]\d(?:\.\d{1,6})?)?|z)`,
  Z: '(?:utc|gmt)?',
  '%': '%',
}

/** The day in a text, as Python's strptime reads it; null when the text is not of the format. */
export function parseDate(text: string, format: string): CalendarDate | null {
  const found = formatRegex(format).exec(text)?.groups
  if (!found) return null
  const year = found['year'] === undefined ? century(Number(found['shortYear'])) : Number(found['year'])
  const month = found['month'] === undefined ? monthNumber((found['name'] ?? '').slice(0, 3)) : Number(found['month'])
  return month === undefined ? null : calendarDate(year, month, Number(found['day'] ?? 1))
}

/** @throws {BiomajError} `config_invalid` for a letter that is not known, or twice the same */
function formatRegex(format: string): RegExp {
  const pattern = format.replaceAll(/%(.?)|\s+|[\\.^$*+?(){}[\]|]/gs, (part, letter: string | undefined) => {
    if (letter === undefined) return /^\s/.test(part) ? String.raw`\s+` : `\\${part}`
    const piece = Object.hasOwn(letters, letter) ? letters[letter] : undefined
    if (piece === undefined) throw invalid(format, told`%${letter} is not known`)
    return piece
  })
  try {
    return new RegExp(`^${pattern}$`, 'i')
  } catch {
    throw invalid(format, 'a part of the date is there twice')
  }
}

function invalid(format: string, why: string): BiomajError {
  return new BiomajError({
    code: 'config_invalid',
    message: told`http.group.file.date_format "${format}" cannot be used: ${why}`,
    hint: 'Write for example %%Y-%%m-%%d %%H:%%M.',
  })
}

function century(shortYear: number): number {
  return shortYear < 69 ? 2000 + shortYear : 1900 + shortYear
}
