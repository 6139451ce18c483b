import type {LogBuffer, LogEntry} from '../../data/log-buffer.js'
import {wrapText} from '../../kit/wrap.js'

/** A place in a log: a line by its number, and one of the rows that it takes when it is wrapped. */
export interface LogPlace {
  line: number
  row: number
}

/** A row of the screen. */
export interface LogRow {
  entry: LogEntry
  line: number
  /** 0 for the first row of a line. */
  row: number
  text: string
}

export interface LogRoom {
  buffer: LogBuffer
  /** Only these lines, by their numbers in ascending order; all of them without. */
  only?: readonly number[] | undefined
  /** Cells for messages, and rows. */
  width: number
  height: number
  isWrapped: boolean
}

export interface LogWindow {
  rows: LogRow[]
  /** Of the first row. */
  top: LogPlace
  /** The last line is on screen. */
  isAtEnd: boolean
}

/** Where lines stand among those that are shown. */
class Shown {
  readonly #room: LogRoom

  constructor(room: LogRoom) {
    this.#room = room
  }

  get length(): number {
    const {buffer, only} = this.#room
    return only?.length ?? buffer.next - buffer.first
  }

  lineAt(index: number): number {
    const {buffer, only} = this.#room
    return only === undefined ? buffer.first + index : (only[index] ?? buffer.next)
  }

  /** Index of the line, or of the next one when it is not shown. */
  indexOf(line: number): number {
    const {buffer, only} = this.#room
    if (only === undefined) return Math.max(0, Math.min(line - buffer.first, this.length))
    let low = 0
    let high = only.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((only[middle] ?? 0) < line) low = middle + 1
      else high = middle
    }
    return low
  }

  rowsAt(index: number): LogRow[] {
    const {buffer, isWrapped, width} = this.#room
    const line = this.lineAt(index)
    const entry = buffer.at(line)
    if (entry === undefined) return []
    const texts = isWrapped && entry.kind !== 'mark' ? wrapText(entry.message, width) : [entry.message]
    return texts.map((text, row) => ({entry, line, row, text}))
  }
}

/** The rows on screen: from a place on, or the last ones. Costs what is on screen, however long the log is. */
export function logWindow(room: LogRoom, top: LogPlace | 'end'): LogWindow {
  const shown = new Shown(room)
  if (top === 'end') return lastRows(shown, room)
  const rows: LogRow[] = []
  let index = shown.indexOf(top.line)
  const isThere = shown.lineAt(index) === top.line
  for (; index < shown.length && rows.length < room.height; index++) {
    const skipped = isThere && rows.length === 0 && shown.lineAt(index) === top.line ? top.row : 0
    rows.push(...shown.rowsAt(index).slice(skipped))
  }
  // Nothing below: rather than an empty screen, the end.
  if (index >= shown.length && rows.length <= room.height) return lastRows(shown, room)
  return {rows: rows.slice(0, room.height), top: placeOf(rows[0], room), isAtEnd: false}
}

function lastRows(shown: Shown, room: LogRoom): LogWindow {
  const pieces: LogRow[][] = []
  let count = 0
  for (let index = shown.length - 1; index >= 0 && count < room.height; index--) {
    const rows = shown.rowsAt(index)
    pieces.push(rows)
    count += rows.length
  }
  const rows = pieces.toReversed().flat().slice(-room.height)
  return {rows, top: placeOf(rows[0], room), isAtEnd: true}
}

function placeOf(row: LogRow | undefined, {buffer}: LogRoom): LogPlace {
  return row === undefined ? {line: buffer.first, row: 0} : {line: row.line, row: row.row}
}

/** The place so many rows further down; up with a negative number. */
export function movedPlace(room: LogRoom, {line, row}: LogPlace, by: number): LogPlace {
  const shown = new Shown(room)
  let index = shown.indexOf(line)
  let at = (shown.lineAt(index) === line ? row : 0) + by
  while (at < 0 && index > 0) {
    index -= 1
    at += shown.rowsAt(index).length
  }
  if (at < 0) at = 0
  for (let height = shown.rowsAt(index).length; at >= height && index < shown.length - 1; ) {
    at -= height
    index += 1
    height = shown.rowsAt(index).length
  }
  return {line: shown.lineAt(index), row: at}
}

/** The match to go to: the next one after a line or the last one before it; round the end where there is none. */
export function nextMatch(
  numbers: readonly number[],
  from: number,
  direction: 'next' | 'previous',
): number | undefined {
  if (direction === 'next') return numbers.find(number => number > from) ?? numbers[0]
  return numbers.findLast(number => number < from) ?? numbers.at(-1)
}
