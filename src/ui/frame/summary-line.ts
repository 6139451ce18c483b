import {bankMark} from '../../presentation/banks.js'
import {serviceMark} from '../../presentation/services.js'
import {count, type Line, type Span} from '../../presentation/text.js'
import type {FeedSnapshot} from '../data/feed.js'
import type {KeptParts} from '../data/source.js'
import type {Board} from '../data/sources.js'

const fewestColumns = 40
const fewestRows = 6

/** Too small for a list: one line has to do. */
export function isTiny({columns, rows}: {columns: number; rows: number}): boolean {
  return columns < fewestColumns || rows < fewestRows
}

/** The cluster in one line, what is wrong first, as it will be cut at the right. */
export function summaryLine(board: KeptParts<Board>, {connection, paused, unansweredSinceMs}: FeedSnapshot): Line {
  const states: Readonly<Record<typeof connection.state, Span>> = {
    connecting: {text: '…', tone: 'calm'},
    live: liveMark(),
    lost: {text: '✗ lost', tone: 'bad'},
    refused: {text: '✗ key refused', tone: 'bad'},
  }
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
  return [states[connection.state], ...parts.flatMap(part => (part ? [{text: ' '}, part] : []))]

  function liveMark(): Span {
    if (paused) return {text: '‖', tone: 'worry'}
    if (unansweredSinceMs !== undefined) return {text: '! no answer', tone: 'worry'}
    if (board.key.value === 'invalid') return {text: '✗ key not known', tone: 'bad'}
    return {text: '●', tone: 'good'}
  }
}
