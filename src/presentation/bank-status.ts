import type {StepRun} from '../api/contract/run.js'
import type {BankBoard} from '../operations/board/bank-board.js'
import {type Block, type Field, field} from './blocks.js'
import {tableOf} from './columns.js'
import {historyMark, runDuration} from './history.js'
import {releaseColumns, sharedFolder} from './releases.js'
import {partField} from './status.js'
import {line, type Line, type Mark, marked} from './text.js'
import {instantCell, serverTimeCell, type TimeStyle} from './times.js'

/** One bank: what it has, what it does, what it did last. */
export function bankScreen(bank: BankBoard, times: TimeStyle): Block[] {
  const {releases} = bank
  const folder = sharedFolder(releases)
  const present = [
    ...(bank.failed === true ? [field('State', ...marked('✗', 'bad', 'its last run failed'))] : []),
    partField('Now', bank.now, now => [[nowItem(now)]]),
    ...waitingFields(bank, times),
    ...(bank.lastUpdate === null ? [] : [field('Updated', {text: `${serverTimeCell(bank.lastUpdate)} server time`})]),
    ...(folder === null ? [] : [field('Directory', {text: folder})]),
    ...(releases.length === 0 ? [field('Releases', {text: '- none in production', tone: 'calm'})] : []),
  ]
  const past = [...pendingFields(bank), lastRunField(bank, times)]
  return [
    {kind: 'lines', lines: [titleLine(bank)]},
    ...(releases.length === 0
      ? [{kind: 'fields' as const, fields: [...present, ...past]}]
      : [
          {kind: 'fields' as const, fields: present},
          {kind: 'table' as const, table: tableOf(releaseColumns(releases), releases)},
          {kind: 'fields' as const, fields: past},
        ]),
  ]
}

function titleLine({name, types, visibility, publishedRelease}: BankBoard): Line {
  const facts = [
    ...(visibility === null ? [] : [visibility]),
    ...(types.length === 0 ? [] : [types.join(',')]),
    publishedRelease === null ? 'nothing published' : `published ${publishedRelease}`,
  ]
  return line({text: name, tone: 'title'}, `  ${facts.join(' · ')}`)
}

export function nowItem(now: {daemon: string; action: string; step: string | null} | null): Line {
  if (now === null) return marked('·', 'calm', 'idle')
  const at = now.step === null ? '' : `, at ${now.step}`
  return marked('▶', 'busy', `${now.action}${at}, on ${now.daemon}`)
}

function waitingFields(bank: BankBoard, times: TimeStyle): Field[] {
  const items = waitingItems(bank, times)
  return items.length === 0 ? [] : [{label: 'Waiting', rows: [items]}]
}

/** Its requests in the queue, and their places. */
export function waitingItems({requests, queuePositions}: BankBoard, times: TimeStyle): Line[] {
  const positions = queuePositions.available ? queuePositions.value : []
  if (requests.length === 0 && positions.length === 0) return []
  const words = `number ${positions.join(', ')} in the queue`
  const place = positions.length === 0 ? [] : [requests.length === 0 ? marked('…', 'busy', words) : line(words)]
  const items = requests.map(({action, requestedAt}) =>
    marked('…', 'busy', `${action.toLowerCase()}, requested ${instantCell(requestedAt, times)}`),
  )
  return [...items, ...place]
}

function pendingFields(bank: BankBoard): Field[] {
  return bank.pending.length === 0 ? [] : [{label: 'Pending', rows: pendingItems(bank)}]
}

export function pendingItems({pending}: BankBoard): Line[][] {
  return pending.map(({release, lastRun}) => [
    marked('…', 'worry', `${release ?? 'release not known yet'}, last run ${serverTimeCell(lastRun)} server time`),
  ])
}

/** `waiting` on the wire is also the step at work and, once the run is over, one that it never came to. */
export function stepMark({state}: StepRun, {isCurrent, isRunning}: {isCurrent: boolean; isRunning: boolean}): Mark {
  if (state === 'done') return {symbol: '✓', word: 'done', tone: 'good'}
  if (state === 'failed') return {symbol: '✗', word: 'failed', tone: 'bad'}
  if (state === 'skipped') return {symbol: '-', word: 'skipped', tone: 'calm'}
  if (isCurrent) return {symbol: '▶', word: 'running', tone: 'busy'}
  return isRunning ? {symbol: '·', word: 'waiting', tone: 'calm'} : {symbol: '·', word: 'not reached', tone: 'calm'}
}

const processMarks: Readonly<Record<StepRun['processes'][number]['state'], Mark>> = {
  done: {symbol: '✓', word: 'done', tone: 'good'},
  failed: {symbol: '✗', word: 'failed', tone: 'bad'},
  running: {symbol: '▶', word: 'running', tone: 'busy'},
}

const neverEnded: Mark = {symbol: '·', word: 'never ended', tone: 'calm'}

/** A process of a run that is over did not go on. */
export function processMark({state}: Pick<StepRun['processes'][number], 'state'>, isRunning: boolean): Mark {
  return state === 'running' && !isRunning ? neverEnded : processMarks[state]
}

function lastRunField(bank: BankBoard, times: TimeStyle): Field {
  const now = bank.now.available ? bank.now.value : null
  const isRunning = now?.action === 'update'
  return partField(isRunning ? 'This run' : 'Last run', bank.run, ({steps}) => {
    if (steps.length === 0) return [[line({text: '- it never ran', tone: 'calm'})]]
    return [
      ...(isRunning ? [] : endItems(bank, times).map(item => [item])),
      ...steps.flatMap(step => stepRows(step, {isCurrent: step.step === now?.step, isRunning})),
    ]
  })
}

/** How and when the last update ended, where the history tells. */
export function endItems({lastUpdateEnded}: BankBoard, times: TimeStyle): Line[] {
  const entry = lastUpdateEnded.available ? lastUpdateEnded.value : null
  if (entry === null) return []
  const {symbol, tone, word} = historyMark(entry)
  const duration = runDuration(entry)
  const lasted = duration === null ? '' : `, took ${duration}`
  return [marked(symbol, tone, `${word} ${instantCell(entry.end, times)}${lasted}`)]
}

function stepRows(step: StepRun, place: {isCurrent: boolean; isRunning: boolean}): Line[][] {
  const {symbol, word, tone} = stepMark(step, place)
  return [
    [marked(symbol, tone, `${step.step.padEnd(11)} ${word}`)],
    ...step.processes.map(({name, state}) => {
      const mark = processMark({state}, place.isRunning)
      return [line('  ', {text: `${mark.symbol} `, tone: mark.tone}, `${name}  ${mark.word}`)]
    }),
  ]
}
