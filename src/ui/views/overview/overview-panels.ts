import type {DaemonState} from '../../../operations/board/cluster-board.js'
import {bankMark} from '../../../presentation/banks.js'
import {daemonItem, noDaemonSeen} from '../../../presentation/queue.js'
import {serviceMark, serviceName} from '../../../presentation/services.js'
import {count, line, type Line, marked, markText} from '../../../presentation/text.js'
import {serverTimeCell} from '../../../presentation/times.js'
import type {FeedSnapshot} from '../../data/feed.js'
import type {Kept} from '../../data/kept.js'
import type {KeptParts} from '../../data/source.js'
import type {Board} from '../../data/sources.js'
import {ageNote, formatWhole} from '../../kit/age.js'
import type {Panel} from '../../kit/panels.js'
import {sparkline} from '../../kit/sparkline.js'

export interface OverviewModel {
  board: KeptParts<Board>
  /** Depths of the queue so far. */
  depths: readonly number[]
  /** Since when a daemon was seen at what it does, by its name. */
  since: ReadonlyMap<string, number>
  feed: FeedSnapshot
  nowMs: number
}

/** The status board: what needs attention first. */
export function overviewPanels(model: OverviewModel): Panel[] {
  const {board} = model
  return [
    panel('Attention', board.banks, attention(model), model),
    panel('Running', board.daemons, running(model), model),
    panel('Queue', board.queue, queue(model), model),
    panel('Services', board.services, services(board.services), model),
    panel('Banks', board.banks, banks(board.banks), model),
  ]
}

function panel(title: string, kept: Kept<unknown>, lines: readonly Line[], {nowMs, feed}: OverviewModel): Panel {
  const reason: Line[] = kept.error ? [marked('?', 'worry', kept.error.message)] : []
  return {title, note: ageNote(kept, {nowMs, feed}), lines: [...reason, ...lines]}
}

function attention({board: {maintenance, key, locks, services: known, banks: list}}: OverviewModel): Line[] {
  const lines: Line[] = []
  if (maintenance.value === true) lines.push(marked('!', 'worry', 'Maintenance is on: no update starts'))
  if (key.value === 'invalid')
    lines.push(marked('✗', 'bad', 'The cluster does not know your key: private banks are hidden'))
  for (const service of known.value ?? []) {
    const mark = serviceMark(service)
    if (mark.word === 'down' || mark.word === 'partly up')
      lines.push(marked(mark.symbol, mark.tone, `Service ${serviceName(service)} is ${mark.word}`))
  }
  for (const {bank, state} of locks.value?.locks ?? []) {
    if (state === 'stale') lines.push(marked('!', 'worry', `${bank} is locked, but no daemon works on it`))
  }
  for (const bank of locks.value?.runningWithoutLock ?? [])
    lines.push(marked('!', 'worry', `${bank} is shown as running, but holds no lock`))
  for (const bank of list.value ?? []) {
    if (bank.failed === true)
      lines.push(
        marked('✗', 'bad', `${bank.name} failed${bank.lastUpdate ? `, ${serverTimeCell(bank.lastUpdate)}` : ''}`),
      )
  }
  if (lines.length > 0) return lines
  return list.value === undefined ? [] : [marked('✓', 'good', 'Nothing needs you')]
}

function running({board: {daemons}, since, nowMs}: OverviewModel): Line[] {
  if (daemons.value === undefined) return []
  if (daemons.value.length === 0) return [noDaemonSeen]
  return daemons.value.map(daemon => [...daemonItem(daemon), ...lasting(daemon, since, nowMs)])
}

function lasting({daemon, bank}: DaemonState, since: ReadonlyMap<string, number>, nowMs: number): Line {
  const fromMs = since.get(daemon)
  if (bank === null || fromMs === undefined) return []
  return [{text: `  ${formatWhole(nowMs - fromMs)}`, tone: 'calm'}]
}

const sparklineWidth = 40

function queue({board, depths}: OverviewModel): Line[] {
  const {value} = board.queue
  if (value === undefined) return []
  const state: Line = value.depth === 0 ? marked('✓', 'good', 'empty') : marked('…', 'busy', `${value.depth} waiting`)
  const drawn = depths.length > 1 ? [{text: `  ${sparkline(depths, sparklineWidth)}`, tone: 'busy' as const}] : []
  return [
    [...state, ...drawn],
    ...value.waiting.map((bank, index) => line({text: `${String(index + 1).padStart(3)}  `, tone: 'calm'}, bank)),
  ]
}

function services({value}: Kept<Board['services']>): Line[] {
  return (value ?? [])
    .filter(service => serviceMark(service).word !== 'not running here')
    .map(service => {
      const mark = serviceMark(service)
      const up = service.instances.filter(instance => instance.up).length
      return line({text: markText(mark).padEnd(12), tone: mark.tone}, ` ${serviceName(service).padEnd(16)}`, {
        text: ` ${up} of ${service.count}`,
        tone: 'calm',
      })
    })
}

function banks({value}: Kept<Board['banks']>): Line[] {
  if (value === undefined) return []
  const byWord = Map.groupBy(value, bank => bankMark(bank).word)
  const parts = [...byWord.values()].flatMap(group => {
    const [first] = group
    return first === undefined ? [] : [{mark: bankMark(first), size: group.length}]
  })
  return [
    line(count(value.length, 'bank')),
    ...parts.map(({mark, size}) => marked(mark.symbol, mark.tone, `${size} ${mark.word}`)),
  ]
}
