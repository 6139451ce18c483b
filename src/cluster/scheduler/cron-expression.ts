import {Cron} from 'croner'
import {BiomajError} from '../../shared/errors.js'

/** The times of a cron expression. All times are epoch milliseconds. */
export interface CronTimes {
  /** The first time after the given one; null when there is none in this era. */
  after(ms: number): number | null
  /** The last time at or before the given one. */
  upTo(ms: number): number | null
}

const hint = 'Write minute, hour, day of month, month and day of week, such as "30 2 * * 1-5".'

/**
 * Reads a cron expression of five fields, as crontab(5) has them.
 *
 * @param timeZone IANA name; undefined for that of the machine
 * @throws {BiomajError} `usage` for what is none, and for times that never come
 */
export function parseCron(slices: string, timeZone: string | undefined): CronTimes {
  const fields = slices.trim().split(/\s+/)
  if (fields.length !== 5 || !fields.every(isField)) {
    throw new BiomajError({code: 'usage', message: 'A cron expression has five fields', hint})
  }
  let cron: Cron
  try {
    cron = new Cron(fields.join(' '), {
      mode: '5-part',
      paused: true,
      ...(timeZone !== undefined && {timezone: timeZone}),
    })
    if (!cron.nextRun()) throw new RangeError('it never comes true')
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error)
    throw new BiomajError({code: 'usage', message: `Not a cron expression: ${why}`, hint, cause: error})
  }
  return {
    after: ms => cron.nextRun(new Date(ms))?.getTime() ?? null,
    // The search begins before its reference, which may itself be a time of the expression.
    upTo: ms => cron.previousRuns(1, new Date(Math.floor(ms / 1000) * 1000 + 1000))[0]?.getTime() ?? null,
  }
}

/** Digits, names of months and days, and the signs that combine them; croner would take more than crontab(5) has. */
function isField(field: string): boolean {
  const names = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat'
  return field.length <= 100 && new RegExp(`^(?:[\\d*,/-]|${names})+$`, 'i').test(field)
}
