import {BiomajError} from '../../../shared/errors.js'
import {PythonRegex} from '../patterns/python-regex.js'
import type {BankProperties} from '../properties/bank-properties.js'
import {told} from '../told.js'

/** How lines of an HTML listing are read: patterns, and the numbers of their groups. */
export interface HttpParse {
  directory: {line: string; name: number; date: number | null}
  /** `dateFormat` in the letters of strptime; null for `19-Jul-2014 13:02`. */
  file: {line: string; name: number; date: number | null; size: number | null; dateFormat: string | null}
}

/** @throws {BiomajError} `config_invalid` */
export function httpParseOf(properties: BankProperties): HttpParse {
  const group = (key: string) => {
    const text = properties.get(`http.group.${key}`, '').trim()
    if (text === '-1') return null
    if (/^\d+$/.test(text) && Number(text) > 0) return Number(text)
    throw new BiomajError({
      code: 'config_invalid',
      message: told`http.group.${key} is "${text}", not the number of a group`,
      hint: 'Groups are counted from 1; -1 is for one that there is not.',
    })
  }
  const name = (key: string) => group(key) ?? 1
  return {
    directory: {
      line: properties.get('http.parse.dir.line', ''),
      name: name('dir.name'),
      date: group('dir.date'),
    },
    file: {
      line: properties.get('http.parse.file.line', ''),
      name: name('file.name'),
      date: group('file.date'),
      size: group('file.size'),
      dateFormat: properties.get('http.group.file.date_format')?.replaceAll('%%', '%') || null,
    },
  }
}

/** The pattern of a line, whose groups have been checked. */
export function lineRegex(line: string, wanted: ReadonlyArray<number | null>, key: string): PythonRegex {
  const regex = new PythonRegex(line)
  const most = Math.max(...wanted.map(group => group ?? 0))
  if (most > Math.max(regex.groups, 1)) {
    throw new BiomajError({
      code: 'config_invalid',
      message: told`${key} has ${regex.groups} groups, and group ${most} is asked for`,
      hint: 'Correct http.group.* or the pattern.',
    })
  }
  return regex
}
