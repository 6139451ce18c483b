import * as fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {formatDuration, parseDurationMs} from '../../src/shared/durations.js'

describe('parseDurationMs', () => {
  it.for([
    ['90', 90_000],
    ['0', 0],
    ['1.5', 1500],
    ['90s', 90_000],
    ['500ms', 500],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h30m', 5_400_000],
    ['1d2h3m4s5ms', 93_784_005],
    ['  10s ', 10_000],
    ['0.0004s', 0],
    ['30m1h', 5_400_000],
  ] as const)('reads %j', ([text, ms]) => {
    expect(parseDurationMs(text)).toBe(ms)
  })

  it.for([
    '',
    ' ',
    's',
    '-1',
    '-5s',
    '+5',
    '1e3',
    '10 s',
    '1h 30m',
    '5x',
    '5S',
    '.5',
    '5.',
    '1..5s',
    'Infinity',
    'NaN',
    '0x10',
    '٣s',
  ])('refuses %j', text => {
    expect(parseDurationMs(text)).toBeUndefined()
  })

  it('refuses more than can be counted', () => {
    expect(parseDurationMs('9'.repeat(400))).toBeUndefined()
    expect(parseDurationMs(`${'9'.repeat(20)}d`)).toBeUndefined()
    expect(parseDurationMs('999999d')).toBe(999_999 * 86_400_000)
  })

  it('takes linear time on hostile text', () => {
    const started = performance.now()
    expect(parseDurationMs(`${'1'.repeat(100_000)}x`)).toBeUndefined()
    expect(parseDurationMs(`${'1s'.repeat(100_000)}x`)).toBeUndefined()
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('formatDuration', () => {
  it.for([
    [-5, '0.0s'],
    [0, '0.0s'],
    [49, '0.0s'],
    [440, '0.4s'],
    [9940, '9.9s'],
    [9950, '10s'],
    [12_400, '12s'],
    [59_499, '59s'],
    [59_500, '1m 00s'],
    [185_000, '3m 05s'],
    [3_599_499, '59m 59s'],
    [3_599_500, '1h 00m'],
    [7_620_000, '2h 07m'],
    [172_799_000, '47h 59m'],
    [172_800_000, '2d 0h'],
    [273_600_000, '3d 4h'],
  ] as const)('%d ms is %s', ([ms, text]) => {
    expect(formatDuration(ms)).toBe(text)
  })

  it('is read back up to its precision', () => {
    fc.assert(
      fc.property(fc.integer({min: 0, max: 400 * 86_400_000}), ms => {
        const readBack = parseDurationMs(formatDuration(ms).replaceAll(' ', '')) ?? Number.NaN
        const precisionMs = ms < 9950 ? 50 : ms < 3_599_500 ? 500 : ms < 172_799_500 ? 60_000 : 3_600_000
        expect(Math.abs(readBack - ms)).toBeLessThanOrEqual(precisionMs)
      }),
    )
  })
})
