import {describe, expect, it} from 'vitest'
import {LogBuffer, LogMatches, logEntry} from '../../../src/ui/data/log-buffer.js'
import {type LogRoom, logWindow, movedPlace, nextMatch} from '../../../src/ui/views/log/log-window.js'

function aBuffer(lines: number, {capacity = 10_000, text = (line: number) => `line ${line}`} = {}): LogBuffer {
  const buffer = new LogBuffer(capacity)
  for (let line = 0; line < lines; line++) buffer.push({kind: 'plain', time: '', date: '', message: text(line)})
  return buffer
}

function aRoom(buffer: LogBuffer, changes: Partial<LogRoom> = {}): LogRoom {
  return {buffer, width: 20, height: 4, isWrapped: true, ...changes}
}

const texts = (room: LogRoom, top: Parameters<typeof logWindow>[1]) => logWindow(room, top).rows.map(({text}) => text)

describe('a log buffer', () => {
  it('keeps the last lines, with their numbers', () => {
    const buffer = aBuffer(25, {capacity: 10})
    expect([buffer.first, buffer.next]).toEqual([15, 25])
    expect(buffer.at(15)?.message).toBe('line 15')
    expect(buffer.at(24)?.message).toBe('line 24')
    expect([buffer.at(14), buffer.at(25)]).toEqual([undefined, undefined])
  })

  it('finds matches as lines come, forgets those that go, and takes no text for a pattern', () => {
    const buffer = aBuffer(3, {capacity: 5})
    const matches = new LogMatches(buffer, 'LINE [')
    expect(matches.numbers()).toEqual([])
    for (const message of ['a line [1]', 'other', 'a Line [2]', 'line (3)'])
      buffer.push({kind: 'plain', time: '', date: '', message})
    expect(matches.numbers()).toEqual([3, 5])
    for (let more = 0; more < 3; more++) buffer.push({kind: 'plain', time: '', date: '', message: 'more'})
    expect(matches.numbers()).toEqual([5])
  })

  it.each([
    ['2026-11-21 09:17:38,830 ERROR [root][MainThread] broken', 'error', '09:17:38', 'broken'],
    ['2026-11-21 09:17:38,830 WARNI [root][MainThread] careful', 'warning', '09:17:38', 'careful'],
    [
      '2026-11-21 09:17:38,830 INFO  [root][MainThread] Workflow:Start:check',
      'step',
      '09:17:38',
      'Workflow:Start:check',
    ],
    ['no line of a logger', 'plain', '', 'no line of a logger'],
  ])('reads %s', (line, kind, time, message) => {
    expect(logEntry(line, undefined)).toMatchObject({kind, time, message})
  })
})

describe('a window on a log', () => {
  it('shows the last rows at the end, and the rows from a place on', () => {
    const room = aRoom(aBuffer(100))
    expect(texts(room, 'end')).toEqual(['line 96', 'line 97', 'line 98', 'line 99'])
    expect(texts(room, {line: 10, row: 0})).toEqual(['line 10', 'line 11', 'line 12', 'line 13'])
  })

  it('shows the end rather than nothing below it', () => {
    const room = aRoom(aBuffer(100))
    expect(logWindow(room, {line: 99, row: 0})).toMatchObject({isAtEnd: true, top: {line: 96, row: 0}})
  })

  it('begins within a line that is wrapped', () => {
    const room = aRoom(aBuffer(10, {text: line => `${line} aaaaaaaaaaaaa bbbbbbbbbbbbb`}))
    expect(texts(room, {line: 2, row: 1})).toEqual([
      'bbbbbbbbbbbbb',
      '3 aaaaaaaaaaaaa',
      'bbbbbbbbbbbbb',
      '4 aaaaaaaaaaaaa',
    ])
    expect(texts({...room, isWrapped: false}, {line: 2, row: 0})[0]).toBe('2 aaaaaaaaaaaaa bbbbbbbbbbbbb')
  })

  it('goes to the oldest line when the one that it stood at is gone', () => {
    const room = aRoom(aBuffer(100, {capacity: 10}))
    expect(texts(room, {line: 3, row: 0})[0]).toBe('line 90')
  })

  it('shows some lines only', () => {
    const room = aRoom(aBuffer(100), {only: [5, 50, 60, 70, 80]})
    expect(texts(room, 'end')).toEqual(['line 50', 'line 60', 'line 70', 'line 80'])
    expect(texts(room, {line: 6, row: 0})[0]).toBe('line 50')
    expect(texts(aRoom(aBuffer(100), {only: []}), 'end')).toEqual([])
  })

  it.each([
    [{line: 5, row: 0}, 1, {line: 5, row: 1}],
    [{line: 5, row: 1}, 1, {line: 6, row: 0}],
    [{line: 5, row: 0}, -1, {line: 4, row: 1}],
    [{line: 5, row: 1}, -4, {line: 3, row: 1}],
    [{line: 0, row: 1}, -9, {line: 0, row: 0}],
    [{line: 5, row: 0}, 7, {line: 8, row: 1}],
  ])('moves by rows, not by lines: %j by %i', (from, by, to) => {
    const room = aRoom(aBuffer(20, {text: line => `${line} aaaaaaaaaaaaa bbbbbbbbbbbbb`}))
    expect(movedPlace(room, from, by)).toEqual(to)
  })

  it('looks at what is on screen alone, however long the log is', () => {
    const buffer = aBuffer(10_000)
    let looks = 0
    const counting = Object.create(buffer, {
      at: {value: (line: number) => ((looks += 1), buffer.at(line))},
      first: {get: () => buffer.first},
      next: {get: () => buffer.next},
    }) as LogBuffer
    logWindow(aRoom(counting), 'end')
    logWindow(aRoom(counting), {line: 5000, row: 0})
    expect(looks).toBeLessThan(20)
  })
})

describe('going from match to match', () => {
  it.each([
    [5, 'next', 7],
    [7, 'next', 9],
    [9, 'next', 2],
    [5, 'previous', 2],
    [2, 'previous', 9],
  ] as const)('from %i to the %s one is %i', (from, direction, to) => {
    expect(nextMatch([2, 7, 9], from, direction)).toBe(to)
  })

  it('goes nowhere without any', () => {
    expect(nextMatch([], 5, 'next')).toBeUndefined()
  })
})
