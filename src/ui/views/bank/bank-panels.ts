import type {Release} from '../../../api/contract/bank.js'
import type {BankBoard} from '../../../operations/board/bank-board.js'
import {
  endItems,
  nowItem,
  pendingItems,
  processMark,
  stepMark,
  waitingItems,
} from '../../../presentation/bank-status.js'
import {field} from '../../../presentation/blocks.js'
import {partField} from '../../../presentation/status.js'
import {releaseColumns, sharedFolder} from '../../../presentation/releases.js'
import {line, type Line, type Mark, marked} from '../../../presentation/text.js'
import {serverTimeCell, type TimeStyle} from '../../../presentation/times.js'
import type {FeedSnapshot} from '../../data/feed.js'
import type {Kept} from '../../data/kept.js'
import type {KeptParts} from '../../data/source.js'
import type {BankParts} from '../../data/sources.js'
import {ageNote, formatWhole, isOld, reasonLines} from '../../kit/age.js'
import {fieldLines, flowed} from '../../kit/block-lines.js'
import type {Panel, PanelLine} from '../../kit/panels.js'
import {progressBar, progressWords} from '../../kit/progress.js'
import {tableLines} from '../../kit/table-lines.js'
import {wrapText} from '../../kit/wrap.js'

export interface BankModel {
  name: string
  parts: KeptParts<BankParts>
  feed: FeedSnapshot
  nowMs: number
  times: TimeStyle
  /** Cells for what is in a panel. */
  width: number
  /** There is room for a line for each step. */
  isWide: boolean
}

/** One bank: what it does, what it has, what it did last. */
export function bankPanels(model: BankModel): Panel[] {
  const {name, parts, feed, nowMs} = model
  const {value} = parts.bank
  const panel = (title: string, kept: Kept<unknown>, {side, lines}: Pick<Panel, 'side' | 'lines'>): Panel => ({
    title,
    note: ageNote(kept, {nowMs, feed}),
    isOld: isOld(kept, {nowMs, feed}),
    side,
    lines,
  })
  const reasons = reasonLines(parts.bank, feed).map(content => ({content}))
  if (value === undefined) return [panel(name, parts.bank, {side: 'left', lines: reasons})]
  const isRunning = isUpdating(value)
  return [
    panel(name, parts.bank, {side: 'left', lines: [...reasons, ...factLines(value, model)]}),
    panel(value.releases.length === 0 ? 'Releases' : `Releases ${value.releases.length}`, parts.bank, {
      side: 'left',
      lines: releaseLines(value.releases, model),
    }),
    panel(isRunning ? 'This run' : 'Last run', parts.run.value ? parts.run : parts.bank, {
      side: 'right',
      lines: runLines(value, model),
    }),
  ]
}

/** Whether the run that is told of is under way. Until a new one has told its first step, that is the one before: it is over. */
export function isUpdating({now, run}: Pick<BankBoard, 'now' | 'run'>): boolean {
  const isOver = run.available && run.value.steps.some(({step, state}) => step === 'over' && state === 'done')
  return now.available && now.value?.action === 'update' && !isOver
}

function factLines(bank: BankBoard, {times, width}: BankModel): PanelLine[] {
  const {releases, pending, publishedRelease, visibility, types} = bank
  const folder = sharedFolder(releases)
  const waiting = waitingItems(bank, times)
  const fields = [
    ...(bank.failed === true ? [{label: 'State', rows: [[marked('✗', 'bad', 'its last run failed')]]}] : []),
    partField('Now', bank.now, now => [[nowItem(now)]]),
    ...(waiting.length === 0 ? [] : [{label: 'Waiting', rows: [waiting]}]),
    ...(pending.length === 0 ? [] : [{label: 'Pending', rows: pendingItems(bank)}]),
    publishedRelease === null
      ? {label: 'Published', rows: [[line({text: '- nothing', tone: 'calm'})]]}
      : field('Published', {text: publishedRelease}),
    ...(bank.lastUpdate === null ? [] : [field('Updated', {text: `${serverTimeCell(bank.lastUpdate)} server time`})]),
    field('Kind', {text: [...types, ...(visibility === null ? [] : [visibility])].join(', ')}),
    ...(folder === null ? [] : [field('Directory', {text: folder})]),
  ]
  return fieldLines(fields, width).map(content => ({content}))
}

function releaseLines(releases: readonly Release[], {width}: BankModel): PanelLine[] {
  if (releases.length === 0) return [{content: line({text: '- none in production', tone: 'calm'})}]
  const {title, rows} = tableLines({columns: releaseColumns(releases), items: releases, width})
  return [
    {content: title},
    ...rows.map((content, index): PanelLine => ({content, id: releaseId(releases[index]?.release ?? '')})),
  ]
}

const releasePrefix = 'release '

function releaseId(release: string): string {
  return `${releasePrefix}${release}`
}

/** The release that a selected line is about. */
export function releaseOf(lineId: string | undefined): string | undefined {
  return lineId?.startsWith(releasePrefix) === true ? lineId.slice(releasePrefix.length) : undefined
}

const barWidth = 24
const mostReasonRows = 4

function runLines(bank: BankBoard, {parts, times, width, isWide}: BankModel): PanelLine[] {
  if (!bank.run.available) return [{content: marked('?', 'worry', bank.run.error.message)}]
  const {steps} = bank.run.value
  const isRunning = isUpdating(bank)
  const told = toldRun(bank, parts.run.value)
  const now = bank.now.available ? bank.now.value : null
  const at = told?.running ?? now?.step ?? null
  const lines: Line[] = []
  if (steps.length === 0) lines.push(line({text: '- it never ran', tone: 'calm'}))
  else if (!isRunning) lines.push(...endItems(bank, times))
  if (told?.reason && !isRunning)
    lines.push(...wrapText(told.reason, width, mostReasonRows).map(text => line({text, tone: 'bad'})))
  /** Steps that there is nothing more to say of, as far as one line holds them. */
  let brief: Line[] = []
  const pushBrief = () => {
    lines.push(...flowed(brief, width))
    brief = []
  }
  for (const step of steps) {
    const isCurrent = isRunning && step.step === at
    const mark = stepMark(step, {isCurrent, isRunning})
    const lasted = durationOf(
      told?.steps.find(one => one.step === step.step),
      {isRunning, times},
    )
    if (!isWide && !isCurrent && step.state !== 'failed' && step.processes.length === 0) {
      brief.push([{text: `${mark.symbol} `, tone: mark.tone}, {text: step.step}, ...calm(lasted && ` ${lasted}`)])
      continue
    }
    pushBrief()
    lines.push(markLine({mark, name: step.step, lasted, depth: 0}))
    if (isCurrent && step.step === 'download' && told?.progress)
      lines.push(
        line('  ', {text: progressBar(told.progress, barWidth), tone: 'busy'}),
        line('  ', {text: progressWords(told.progress), tone: 'calm'}),
      )
    for (const own of step.processes) {
      const ownLasted = durationOf(
        told?.processes.find(({name}) => name === own.name),
        {isRunning, times},
      )
      lines.push(markLine({mark: processMark(own, isRunning), name: own.name, lasted: ownLasted, depth: 1}))
    }
  }
  pushBrief()
  return lines.map(content => ({content}))
}

/** `✓ download      done        3m 05s`. */
function markLine({mark, name, lasted, depth}: {mark: Mark; name: string; lasted: string; depth: number}): Line {
  const {symbol, word, tone} = mark
  return [
    {text: `${'  '.repeat(depth)}${symbol} `, tone},
    {text: `${name.padEnd(nameWidth - depth * 2)}  `},
    {text: lasted === '' ? word : word.padEnd(wordWidth), tone: tone === 'good' ? 'calm' : tone},
    ...calm(lasted),
  ]
}

function calm(text: string): Line {
  return text === '' ? [] : [{text, tone: 'calm'}]
}

const nameWidth = 12
const wordWidth = 12

/** What the cluster tells beyond BioMAJ's own status, if it is about an update, as that is. */
function toldRun(bank: BankBoard, run: BankParts['run'] | undefined): BankParts['run'] {
  const session = bank.run.available ? bank.run.value.session : null
  return run?.action === 'update' && (session === null || run.session === session) ? run : null
}

function durationOf(
  moments: {startedAt: string | null; endedAt: string | null} | undefined,
  {isRunning, times}: {isRunning: boolean; times: TimeStyle},
): string {
  if (!moments?.startedAt || (moments.endedAt === null && !isRunning)) return ''
  const endMs = moments.endedAt === null ? times.now.getTime() : Date.parse(moments.endedAt)
  const lastedMs = Math.max(0, endMs - Date.parse(moments.startedAt))
  return lastedMs < 1000 ? '<1s' : formatWhole(lastedMs)
}
