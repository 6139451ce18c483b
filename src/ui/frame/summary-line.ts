import {bankMark} from '../../presentation/banks.js'
import {serviceMark} from '../../presentation/services.js'
import {count, type Line, type Span} from '../../presentation/text.js'
import type {FeedSnapshot} from '../data/feed.js'
import type {KeptParts} from '../data/source.js'
import type {Board} from '../data/sources.js'
import {refusedMark} from './header.js'

const fewestColumns = 40
const fewestRows = 6

/** Too small for a list: one line has to do. */
export function isTiny({columns, rows}: {columns: number; rows: number}): boolean {
  return columns < fewestColumns || rows < fewestRows
}

/** The cluster in one line, what is wrong first, as it will be cut at the right. */
export function summaryLine(board: KeptParts<Board>, {connection, paused, unansweredSinceMs}: FeedSnapshot): Line {
  const banks = board.banks.value ?? []
  const down = (board.services.value ?? []).filter(service => serviceMark(service).word.endsWith('down')).length
  const failed = banks.filter(bank => bankMark(bank).word === 'failed').length
  const working = (board.daemons.value ?? []).filter(({bank}) => bank !== null).length
  const waiting = board.queue.value?.depth ?? 0
  const parts: Array<Span | undefined> = [
    down > 0 ? {text: `${down} down`, tone: 'bad'} : undefined,
    failed > 0 ? {text: `${failed} failed`, tone: 'bad'} : undefined,
    board.maintenance.value === true ? {text: 'maintenance', tone: 'worry'} : undefined,
    working > 0 ? {text: `${working} running`, tone: 'busy'} : undefined,
    waiting > 0 ? {text: `${waiting} waiting`, tone: 'busy'} : undefined,
    board.banks.value === undefined ? undefined : {text: count(banks.length, 'bank')},
  ]
  return [connectionMark(), ...parts.flatMap(part => (part ? [{text: ' '}, part] : []))]

  function connectionMark(): Span {
    if (connection.state === 'connecting') return {text: '…', tone: 'calm'}
    if (connection.state === 'lost') return {text: '✗ lost', tone: 'bad'}
    if (connection.state === 'refused') return refusedMark(connection)
    if (paused) return {text: '‖', tone: 'worry'}
    if (unansweredSinceMs !== undefined) return {text: '! no answer', tone: 'worry'}
    return {text: '●', tone: 'good'}
  }
}
