import type {BoardBank} from '../operations/board/cluster-board.js'
import type {FailedBank} from '../operations/board/failed-banks.js'
import type {Column} from './columns.js'
import {type Mark, markText} from './text.js'
import {serverTimeCell} from './times.js'

const workMarks: Readonly<Record<NonNullable<BoardBank['work']>, Mark>> = {
  update: {symbol: '▶', word: 'updating', tone: 'busy'},
  remove: {symbol: '▶', word: 'removing', tone: 'busy'},
  repair: {symbol: '▶', word: 'repairing', tone: 'busy'},
  waiting: {symbol: '…', word: 'waiting', tone: 'busy'},
}

export function bankMark({work, failed, cancelled, lastUpdate}: BoardBank): Mark {
  if (work !== null) return workMarks[work]
  if (cancelled === true) return {symbol: '■', word: 'cancelled', tone: 'worry'}
  if (failed === true) return {symbol: '✗', word: 'failed', tone: 'bad'}
  if (failed === null) return {symbol: '?', word: 'not known', tone: 'worry'}
  if (lastUpdate === null) return {symbol: '-', word: 'never ran', tone: 'calm'}
  return {symbol: '✓', word: 'ok', tone: 'good'}
}

/** What asks for somebody comes first. */
const byUrgency = [
  'failed',
  'cancelled',
  'not known',
  'repairing',
  'removing',
  'updating',
  'waiting',
  'never ran',
  'ok',
]

const name: Column<BoardBank> = {title: 'BANK', cell: bank => bank.name}
const state: Column<BoardBank> = {
  title: 'STATE',
  cell: bank => markText(bankMark(bank)),
  tone: bank => bankMark(bank).tone,
  order: bank => byUrgency.indexOf(bankMark(bank).word),
  whole: true,
}
const published: Column<BoardBank> = {title: 'PUBLISHED', cell: bank => bank.publishedRelease ?? '-'}
const types: Column<BoardBank> = {title: 'TYPES', cell: bank => bank.types.join(',') || '-'}
const visibility: Column<BoardBank> = {title: 'VISIBILITY', cell: bank => bank.visibility}
const lastUpdate: Column<BoardBank> = {
  title: 'UPDATED (SERVER TIME)',
  cell: bank => serverTimeCell(bank.lastUpdate),
  whole: true,
}

export const bankColumns: ReadonlyArray<Column<BoardBank>> = [name, types, state, published, visibility, lastUpdate]

/** In a list that may be narrow: what matters least comes last. */
export const listedBankColumns: ReadonlyArray<Column<BoardBank>> = [
  name,
  state,
  published,
  lastUpdate,
  types,
  visibility,
]

/** On the screen of the whole cluster. */
export const boardBankColumns: ReadonlyArray<Column<BoardBank>> = [name, state, published, visibility, lastUpdate]

export const failedBankColumns: ReadonlyArray<Column<FailedBank>> = [
  name,
  state,
  {title: 'AT STEP', cell: bank => bank.failedStep ?? '-'},
  {title: 'PROCESS', cell: bank => bank.failedProcesses.join(',') || '-'},
  published,
  lastUpdate,
]
