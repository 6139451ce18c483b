import {BiomajError} from '../../../shared/errors.js'
import type {ReleaseFile} from '../../model/bank.js'
import type {BankProperties} from '../properties/bank-properties.js'

export interface DetectionRequest {
  properties: BankProperties
  signal: AbortSignal
  temporaryDirectory: string
}

/** The release that the remote side names; null when it is to be decided from the dates of its files. */
export async function detectRelease({properties}: DetectionRequest): Promise<string | null> {
  if (properties.get('release.file', '') === '') return Promise.resolve(null)
  throw new BiomajError({code: 'config_invalid', message: 'release.file cannot be followed here'})
}

/** The day of the newest file, `2026-1-5`; today when none has a date. */
export function releaseOfDates({
  files,
  today,
}: {
  files: readonly ReleaseFile[]
  properties: BankProperties
  today: Date
}): string {
  const days = files.flatMap(({date}) => (date === null ? [] : [date]))
  const newest = days.toSorted((a, b) => b.year - a.year || b.month - a.month || b.day - a.day)[0]
  const {year, month, day} = newest ?? {
    year: today.getFullYear(),
    month: today.getMonth() + 1,
    day: today.getDate(),
  }
  return `${year}-${month}-${day}`
}
