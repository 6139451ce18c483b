import {describe, expect, it} from 'vitest'
import {parseCron} from '../../../src/cluster/scheduler/cron-expression.js'

const at = (text: string) => Date.parse(text)
const text = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

describe('times of a cron expression', () => {
  it.each([
    ['30 2 * * *', '2026-11-21T00:00:00Z', '2026-11-21T02:30:00.000Z'],
    ['30 2 * * *', '2026-11-21T02:30:00Z', '2026-11-22T02:30:00.000Z'],
    ['*/15 * * * *', '2026-11-21T00:01:00Z', '2026-11-21T00:15:00.000Z'],
    ['0 0 1 jan *', '2026-11-21T00:00:00Z', '2027-01-01T00:00:00.000Z'],
    ['0 0 * * 7', '2026-11-21T00:00:00Z', '2026-11-22T00:00:00.000Z'],
    ['0 0 29 2 *', '2026-11-21T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    // Day of month or day of week, as cron has it: the 13th and every Friday.
    ['0 0 13 * 5', '2026-11-21T00:00:00Z', '2026-11-27T00:00:00.000Z'],
  ])('%s after %s', (slices, from, expected) => {
    expect(text(parseCron(slices, 'UTC').after(at(from)))).toBe(expected)
  })

  it.each([
    ['30 2 * * *', '2026-11-21T02:30:00Z', '2026-11-21T02:30:00.000Z'],
    ['30 2 * * *', '2026-11-21T02:29:59.999Z', '2026-11-20T02:30:00.000Z'],
    ['30 2 * * *', '2026-11-21T02:30:00.001Z', '2026-11-21T02:30:00.000Z'],
    ['0 0 1 1 *', '2026-11-21T00:00:00Z', '2026-01-01T00:00:00.000Z'],
  ])('%s up to %s', (slices, to, expected) => {
    expect(text(parseCron(slices, 'UTC').upTo(at(to)))).toBe(expected)
  })

  it('a time zone decides what an hour is, over a change of the clocks', () => {
    const times = parseCron('0 3 * * *', 'Europe/Paris')
    expect(text(times.after(at('2026-10-24T12:00:00Z')))).toBe('2026-10-25T02:00:00.000Z')
    expect(text(times.after(at('2026-10-23T12:00:00Z')))).toBe('2026-10-24T01:00:00.000Z')
  })

  it.each([
    '',
    '* * * *',
    '* * * * * *',
    '61 * * * *',
    '* 24 * * *',
    '0 0 31 2 *',
    '@daily',
    'x * * * *',
    '*/0 * * * *',
    '1-0-3 * * * *',
    '* * * * MOON',
    '0 0 L * *',
    `${'1,'.repeat(100)}1 * * * *`,
  ])('refuses %j', slices => {
    expect(() => parseCron(slices, 'UTC')).toThrow(expect.objectContaining({code: 'usage'}))
  })
})
