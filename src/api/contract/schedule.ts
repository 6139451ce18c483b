import * as z from 'zod/mini'
import {parseBody} from './parse.js'

/** When the release service will next look whether a bank has a new release. */
export interface ScheduledCheck {
  bank: string
  /** RFC 3339, UTC; null when none is planned. */
  next: string | null
}

const scheduleBody = z.object({schedule: z.array(z.object({name: z.string(), next: z.nullish(z.number())}))})

/** The wire has seconds since 1970. */
export function parseSchedule(body: unknown, route: string): ScheduledCheck[] {
  return parseBody(scheduleBody, body, route).schedule.map(({name, next}) => ({
    bank: name,
    next: typeof next === 'number' && next > 0 ? instant(next) : null,
  }))
}

function instant(seconds: number): string | null {
  const date = new Date(Math.round(seconds) * 1000)
  return Number.isNaN(date.getTime()) ? null : date.toISOString().replace('.000Z', 'Z')
}
