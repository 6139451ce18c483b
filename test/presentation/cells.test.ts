import {describe, expect, it} from 'vitest'
import {historyMark, runDuration} from '../../src/presentation/history.js'
import {releaseState, sharedFolder} from '../../src/presentation/releases.js'
import {serviceMark} from '../../src/presentation/services.js'
import {sizeCell} from '../../src/presentation/sizes.js'
import {markText} from '../../src/presentation/text.js'
import {instantCell, serverTimeCell} from '../../src/presentation/times.js'

describe('instantCell', () => {
  const now = new Date('2026-03-10T12:00:00Z')

  it.each([
    ['2026-03-10T12:00:30Z', 'just now'],
    ['2026-03-10T11:59:57Z', 'just now'],
    ['2026-03-10T11:59:20Z', '40s ago'],
    ['2026-03-10T11:56:10Z', '3m ago'],
    ['2026-03-10T07:00:00Z', '5h ago'],
    ['2026-03-08T13:00:00Z', '47h ago'],
    ['2026-03-05T12:00:00Z', '5d ago'],
    ['2025-12-01T12:00:00Z', '2025-12-01'],
    ['2026-03-10T13:00:00Z', '2026-03-10T13:00:00Z'],
  ])('%s is %s for people', (instant, text) => {
    expect(instantCell(instant, {now, relative: true})).toBe(text)
    expect(instantCell(instant, {now, relative: false})).toBe(instant)
  })

  it('is a dash for none', () => {
    expect(instantCell(null, {now, relative: true})).toBe('-')
    expect(serverTimeCell(null)).toBe('-')
  })
})

it.each([
  [null, '-'],
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [99_960, '100 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [2_400_000_000, '2.4 GB'],
  [3.2e15, '3.2 PB'],
  [3.2e19, '32000 PB'],
])('%s bytes are %s', (bytes, text) => {
  expect(sizeCell(bytes)).toBe(text)
})

it.each([
  [{error: true, updated: true, action: 'update'}, '✗ failed'],
  [{error: true, updated: false, action: 'remove'}, '✗ failed'],
  [{error: false, updated: true, action: 'update'}, '✓ updated'],
  [{error: false, updated: false, action: 'update'}, '= up to date'],
  [{error: false, updated: false, action: 'remove'}, '− removed'],
])('%j reads %s', (entry, text) => {
  expect(markText(historyMark(entry))).toBe(text)
})

it.each([
  ['2026-03-10T12:00:00Z', '2026-03-10T12:00:00Z', '<1s'],
  ['2026-03-10T12:00:00Z', '2026-03-10T12:00:04Z', '4s'],
  ['2026-03-10T12:00:00Z', '2026-03-10T14:05:00Z', '2h 05m'],
  ['2026-03-10T12:00:00Z', null, null],
])('from %s to %s is %s', (start, end, text) => {
  expect(runDuration({start, end})).toBe(text)
})

it.each([
  ['biomaj-mongo', 'down', 0, '✗ down'],
  ['biomaj-ftp', 'down', 0, '- not running here'],
  ['biomaj-process', 'down', 2, '✗ down'],
  ['biomaj-process', 'partly', 2, '! partly up'],
  ['biomaj-process', 'up', 2, '✓ up'],
] as const)('%s, %s, %i of them, is %s', (name, state, count, text) => {
  expect(markText(serviceMark({name, state, count, instances: []}))).toBe(text)
})

const release = (directory: string) => ({
  release: '1',
  remoteRelease: '1',
  published: false,
  frozen: false,
  formats: [],
  directory,
  session: null,
  sizeBytes: null,
})

describe('releases', () => {
  it('have one folder only if all share it', () => {
    expect(sharedFolder([release('/db/alu/alu_1'), release('/db/alu/alu_2')])).toBe('/db/alu')
    expect(sharedFolder([release('/db/alu/alu_1'), release('/old/alu/alu_2')])).toBeNull()
    expect(sharedFolder([release('')])).toBeNull()
  })

  it('say in words what they are', () => {
    expect(releaseState({published: true, frozen: true})).toBe('● published, frozen')
    expect(releaseState({published: false, frozen: true})).toBe('● frozen')
    expect(releaseState({published: false, frozen: false})).toBe('-')
  })
})
