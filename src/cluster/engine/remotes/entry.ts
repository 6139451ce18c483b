import type {CalendarDate} from '../../model/bank.js'
import {told} from '../told.js'

/** What a remote directory has. */
export interface RemoteEntry {
  name: string
  /** A link may lead to either. */
  kind: 'file' | 'directory' | 'link'
  size: number | null
  date: CalendarDate | null
  hash: string | null
}

/** Longest name of a file that a file system takes. */
const longestNameBytes = 255
// oxlint-disable-next-line no-control-regex -- control characters are what is matched
const controls = /[\u0000-\u001F\u007F]/

/** Why a name of a listing is not used; undefined when it is one that a file below a directory can have. */
export function nameProblem(name: string): string | undefined {
  if (name === '' || name === '.' || name === '..') return 'it is no name'
  if (name.includes('/')) return 'it contains a slash'
  if (controls.test(name)) return 'it contains control characters'
  if (Buffer.byteLength(name) > longestNameBytes) return `it is longer than ${longestNameBytes} bytes`
  return undefined
}

/** Why a path of a listing is not used: each part must be a name. A slash at its begin is no harm. */
export function pathProblem(path: string): string | undefined {
  for (const part of path.replace(/^\//, '').split('/')) {
    const problem = nameProblem(part)
    if (problem) return problem
  }
  return undefined
}

export function ignored(name: string, problem: string): string {
  return told`Ignored in the listing: "${name}": ${problem}`
}

/** A day that there is, or null. */
export function calendarDate(year: number, month: number, day: number): CalendarDate | null {
  const date = new Date(Date.UTC(year, month - 1, day))
  const valid = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return valid && year >= 1900 && year <= 9999 ? {year, month, day} : null
}

/** The day on the clock of this machine, as BioMAJ takes dates of files. */
export function localDate(time: Date): CalendarDate | null {
  return Number.isNaN(time.getTime()) ? null : calendarDate(time.getFullYear(), time.getMonth() + 1, time.getDate())
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** 1 to 12; undefined for no month. Takes `Jul` and `07`. */
export function monthNumber(text: string): number | undefined {
  const index = months.indexOf(text.toLowerCase())
  if (index >= 0) return index + 1
  return /^\d\d?$/.test(text) && Number(text) >= 1 && Number(text) <= 12 ? Number(text) : undefined
}
