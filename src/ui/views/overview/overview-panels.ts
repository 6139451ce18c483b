import type {Job} from '../../../api/contract/job.js'
import type {DaemonState} from '../../../operations/board/cluster-board.js'
import {bankMark} from '../../../presentation/banks.js'
import {noDaemonSeen} from '../../../presentation/queue.js'
import {serviceMark, serviceName} from '../../../presentation/services.js'
import {count, line, type Line, marked, markText} from '../../../presentation/text.js'
import {serverTimeCell} from '../../../presentation/times.js'
import type {FeedSnapshot} from '../../data/feed.js'
import type {Kept} from '../../data/kept.js'
import type {KeptParts} from '../../data/source.js'
import type {Board} from '../../data/sources.js'
import {lasted, type Since} from '../../data/watched.js'
import {ageNote, formatWhole, isOld, reasonLines} from '../../kit/age.js'
import {flowed, grid} from '../../kit/block-lines.js'
import type {Panel, PanelLine} from '../../kit/panels.js'
import {percentDone, progressBar, progressWords} from '../../kit/progress.js'
import {sparkline} from '../../kit/sparkline.js'

export interface OverviewModel {
  board: KeptParts<Board>
  /** Depths of the queue so far. */
  depths: readonly number[]
  /** Since when each daemon is at what it does. */
  since: ReadonlyMap<string, Since>
  /** Since when services are not all up. */
  troubles: ReadonlyMap<string, Since>
  feed: FeedSnapshot
  nowMs: number
  now: Date
  /** Cells for what is in a panel. */
  width: number
  /** There is room for a line for each service. */
  isWide: boolean
  /** There is room for what matters most only. */
  isSmall?: boolean | undefined
}

const sparklineWidth = 30
const barWidth = 12

/** The status board: what needs attention first. */
export function overviewPanels(model: OverviewModel): Panel[] {
  const {board, nowMs, feed} = model
  const panel = (title: string, kept: Kept<unknown>, rest: Pick<Panel, 'lines' | 'side' | 'opens'>): Panel => ({
    title,
    note: ageNote(kept, {nowMs, feed}),
    isOld: isOld(kept, {nowMs, feed}),
    ...rest,
    lines: [...reasonLines(kept, feed).map(content => ({content})), ...rest.lines],
  })
  return [
    panel('Attention', board.banks, {side: 'left', lines: attention(model), opens: {view: 'banks'}}),
    panel('Running', board.daemons, {side: 'left', lines: running(model), opens: {view: 'queue'}}),
    panel('Queue', board.queue, {side: 'left', lines: queue(model), opens: {view: 'queue'}}),
    panel('Services', board.services, {side: 'right', lines: services(model), opens: {view: 'services'}}),
    panel('Banks', board.banks, {side: 'right', lines: banks(model), opens: {view: 'banks'}}),
  ]
}

const labelWidth = 10

/** All in one list, for screens on which titles would take the room of what they are about. */
export function compactPanels(model: OverviewModel): Panel[] {
  const panels = overviewPanels({...model, isWide: false, isSmall: true}).map(panel =>
    panel.title === 'Services' ? {...panel, lines: servicesInShort(model)} : panel,
  )
  const [first] = panels
  if (first === undefined) return []
  const worst = panels.find(({note}) => note.some(({tone}) => tone === 'bad' || tone === 'worry')) ?? first
  const lines = panels.flatMap(({title, lines: own}) =>
    own.map((item, index) => ({
      ...item,
      content: [{text: (index === 0 ? title : '').padEnd(labelWidth), tone: 'calm' as const}, ...item.content],
    })),
  )
  return [{title: 'Status', note: worst.note, side: 'left', opens: {view: 'banks'}, lines}]
}

/** Those that are not all up stand under Attention. */
function servicesInShort({board: {services: known}, width}: OverviewModel): PanelLine[] {
  const byWord = Map.groupBy(known.value ?? [], service => markText(serviceMark(service)))
  const items = [...byWord.values()].flatMap(([first, ...rest]) => {
    if (first === undefined) return []
    const {symbol, tone, word} = serviceMark(first)
    return word === 'not running here' ? [] : [marked(symbol, tone, `${rest.length + 1} ${word}`)]
  })
  return flowed(items, width - labelWidth).map((content, index) => ({
    content,
    id: `services ${index}`,
    opens: {view: 'services'},
  }))
}

function attention({
  board: {maintenance, key, locks, services: known, banks: list},
  troubles,
  nowMs,
}: OverviewModel): PanelLine[] {
  const lines: PanelLine[] = []
  if (maintenance.value === true) lines.push({content: marked('!', 'worry', 'Maintenance is on: no update starts')})
  if (key.value === 'invalid')
    lines.push({content: marked('✗', 'bad', 'The cluster does not know your key: private banks are hidden')})
  for (const service of known.value ?? []) {
    const {symbol, tone, word} = serviceMark(service)
    if (word !== 'down' && word !== 'partly up') continue
    const duration = lasted(troubles.get(service.name), nowMs)
    lines.push({
      content: marked(
        symbol,
        tone,
        `${serviceName(service)} is ${word}${duration === undefined ? '' : ` ${duration}`}`,
      ),
      id: `service ${service.name}`,
      opens: {view: 'services'},
    })
  }
  for (const {bank, state} of locks.value?.locks ?? []) {
    if (state === 'stale')
      lines.push(aboutBank(bank, 'stale lock', marked('!', 'worry', `${bank} is locked, but no daemon works on it`)))
  }
  for (const bank of locks.value?.runningWithoutLock ?? [])
    lines.push(aboutBank(bank, 'no lock', marked('!', 'worry', `${bank} is shown as running, but holds no lock`)))
  for (const bank of list.value ?? []) {
    if (bank.failed !== true) continue
    const at = bank.lastUpdate === null ? '' : `  ${serverTimeCell(bank.lastUpdate)}`
    lines.push(aboutBank(bank.name, 'failed', [...marked('✗', 'bad', `${bank.name} failed`), {text: at, tone: 'calm'}]))
  }
  if (lines.length > 0) return lines
  return list.value === undefined ? [] : [{content: marked('✓', 'good', 'Nothing needs you')}]
}

function aboutBank(bank: string, what: string, content: Line): PanelLine {
  return {content, id: `${what} ${bank}`, opens: {view: 'bank', bank}}
}

function running(model: OverviewModel): PanelLine[] {
  const {value} = model.board.daemons
  if (value === undefined) return []
  if (value.length === 0) return [{content: noDaemonSeen}]
  const busy = value.flatMap(({bank, ...daemon}) => (bank === null ? [] : workLines({...daemon, bank}, model)))
  const [first, ...more] = value.filter(({bank}) => bank === null)
  if (first === undefined) return busy
  const idle = more.length === 0 ? first.daemon : `${more.length + 1} daemons`
  return [...busy, {content: marked('·', 'calm', `${idle} idle`)}]
}

/** `▶ alu  update, at download  for 3m 05s  on daemon1`, and how far the download is. */
function workLines(
  {daemon, bank, action, step}: DaemonState & {bank: string},
  {board, since, nowMs, now, isSmall}: OverviewModel,
): PanelLine[] {
  const job = board.jobs.value?.find(one => one.bank === bank && one.state === 'running')
  const toldMs = job?.startedAt == null ? undefined : now.getTime() - Date.parse(job.startedAt)
  const duration = toldMs === undefined ? lasted(since.get(daemon), nowMs) : `for ${formatWhole(toldMs)}`
  const progress = step === 'download' ? job?.progress : null
  const content: Line = [
    {text: '▶ ', tone: 'busy'},
    {text: `${bank}  ${action ?? 'at work'}${step === null ? '' : `, at ${step}`}`},
    ...calm(isSmall && progress ? percentDone(progress) : undefined),
    ...calm(duration),
    ...calm(`on ${daemon}`),
  ]
  const bar: Line[] =
    progress && !isSmall
      ? [line('  ', {text: progressBar(progress, barWidth), tone: 'busy'}, ...calm(progressWords(progress)))]
      : []
  return [aboutBank(bank, `daemon ${daemon}`, content), ...bar.map(own => ({content: own}))]
}

function calm(text: string | undefined): Line {
  return text === undefined ? [] : [{text: `  ${text}`, tone: 'calm'}]
}

function queue({board, depths, width}: OverviewModel): PanelLine[] {
  const {value} = board.queue
  if (value === undefined) return []
  const state: Line = value.depth === 0 ? marked('✓', 'good', 'empty') : marked('…', 'busy', `${value.depth} waiting`)
  const drawn = depths.some(depth => depth > 0) && depths.length > 1
  const line0: Line = drawn
    ? [...state, {text: `  ${sparkline(depths, Math.min(sparklineWidth, width - 16))}`, tone: 'busy'}]
    : state
  const {waiting} = value
  const digits = String(waiting.length).length
  const requests = requestsOf(board.jobs.value)
  const seen = new Map<string, number>()
  return [
    {content: line0},
    ...waiting.map((bank, index): PanelLine => {
      const nth = (seen.get(bank) ?? 0) + 1
      seen.set(bank, nth)
      const request = requests.get(bank)?.[nth - 1]
      return {
        content: [
          {text: `${String(index + 1).padStart(digits)}  `, tone: 'calm'},
          {text: bank},
          ...calm(request && `${request.kind} for ${request.user}`),
        ],
        id: `waiting ${nth} ${bank}`,
        opens: {view: 'bank', bank},
      }
    }),
  ]
}

/** Waiting requests by bank, the next to run first. */
function requestsOf(jobs: readonly Job[] | null | undefined): Map<string, Job[]> {
  const waiting = (jobs ?? []).filter(({state}) => state === 'queued')
  return Map.groupBy(waiting.toReversed(), ({bank}) => bank)
}

function services({board: {services: known}, troubles, nowMs, isWide, width}: OverviewModel): PanelLine[] {
  const here = (known.value ?? []).filter(service => serviceMark(service).word !== 'not running here')
  const absent = (known.value?.length ?? 0) - here.length
  const items = here.map(service => {
    const {symbol, word, tone} = serviceMark(service)
    const up = service.instances.filter(instance => instance.up).length
    const counts = service.count > 1 ? `${up} of ${service.count} ` : ''
    return {service, symbol, tone, words: word === 'partly up' ? `${up} of ${service.count} up` : `${counts}${word}`}
  })
  const rest: PanelLine[] =
    absent === 0 ? [] : [{content: line({text: `- ${count(absent, 'service')} not running here`, tone: 'calm'})}]
  if (!isWide) {
    const cells = items.map(
      ({service, symbol, tone, words}): Line => [
        {text: `${symbol} `, tone},
        {text: serviceName(service)},
        {text: ` ${words}`, tone: words === 'up' ? 'calm' : tone},
      ],
    )
    return [
      ...grid(cells, width).map(
        (content, row): PanelLine => ({content, id: `services ${row}`, opens: {view: 'services'}}),
      ),
      ...rest,
    ]
  }
  return [
    ...items.map(
      ({service, symbol, tone, words}): PanelLine => ({
        content: [
          {text: `${symbol} ${words}`.padEnd(14), tone},
          {text: serviceName(service).padEnd(18)},
          ...calm(lasted(troubles.get(service.name), nowMs)),
        ],
        id: `service line ${service.name}`,
        opens: {view: 'services'},
      }),
    ),
    ...rest,
  ]
}

function banks({board, width}: OverviewModel): PanelLine[] {
  const {value} = board.banks
  if (value === undefined) return []
  const byWord = Map.groupBy(value, bank => markText(bankMark(bank)))
  const items = [...byWord.values()].flatMap(group => {
    const [first] = group
    if (first === undefined) return []
    const {symbol, tone, word} = bankMark(first)
    return [marked(symbol, tone, `${group.length} ${word}`)]
  })
  return flowed([line(count(value.length, 'bank')), ...items], width).map((content, index) => ({
    content,
    id: `banks ${index}`,
    opens: {view: 'banks'},
  }))
}
