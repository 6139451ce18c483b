import type {Transfer} from '../api/contract/job.js'
import type {StepRun} from '../api/contract/run.js'
import type {BankUpdate, UpdateOutcome} from '../operations/update-report.js'
import type {Progress} from '../operations/wait/wait-for-runs.js'
import {formatDuration} from '../shared/durations.js'
import {sizeCell} from './sizes.js'
import {count, type Mark} from './text.js'

export const outcomeMarks: Readonly<Record<UpdateOutcome, Mark>> = {
  requested: {symbol: '→', word: 'update requested', tone: 'busy'},
  joined: {symbol: '→', word: 'update under way', tone: 'busy'},
  updated: {symbol: '✓', word: 'updated', tone: 'good'},
  up_to_date: {symbol: '=', word: 'already up to date', tone: 'good'},
  stopped: {symbol: '■', word: 'stopped where you asked', tone: 'good'},
  failed: {symbol: '✗', word: 'failed', tone: 'bad'},
  cancelled: {symbol: '■', word: 'cancelled', tone: 'worry'},
  never_started: {symbol: '✗', word: 'never started', tone: 'bad'},
  running: {symbol: '…', word: 'still running', tone: 'busy'},
  unknown: {symbol: '?', word: 'outcome unknown', tone: 'worry'},
  refused: {symbol: '✗', word: 'not requested', tone: 'bad'},
}

export const cancelMark: Mark = {symbol: '■', word: 'cancel requested', tone: 'worry'}

/** What becomes of an update that the cluster was asked to cancel. */
export function cancelOutlook(situation: 'queued' | 'running'): string {
  return situation === 'running' ? 'it stops after its current action' : 'it ends when its turn comes'
}

/** What became of a bank, with its request to cancel. */
export function updateMark({outcome, cancelRequested}: Pick<BankUpdate, 'outcome' | 'cancelRequested'>): Mark {
  return cancelRequested && outcome === 'running' ? cancelMark : outcomeMarks[outcome]
}

/** How a report's first line goes on after bank and outcome: release, place, time. */
export function outcomeFacts(update: BankUpdate): string {
  const {outcome, release, published, startedAt, endedAt, earlier} = update
  const parts: string[] = []
  const place = placeOf(update)
  if (place !== '') parts.push(place)
  if (release !== null && (outcome === 'updated' || outcome === 'up_to_date')) parts.push(`release ${release}`)
  if (published === true) parts.push('published')
  if (published === false) parts.push('not published')
  if (startedAt !== null && endedAt !== null && outcome !== 'up_to_date') {
    parts.push(`in ${runTime(Date.parse(endedAt) - Date.parse(startedAt))}`)
  }
  if (earlier && endedAt !== null) parts.push(`on ${endedAt}`)
  return parts.join(', ')
}

/** The history counts whole seconds. */
function runTime(durationMs: number): string {
  if (durationMs < 1000) return 'under 1s'
  return durationMs < 10_000 ? `${Math.round(durationMs / 1000)}s` : formatDuration(durationMs)
}

function placeOf({step, subStep, process, outcome}: BankUpdate): string {
  if (step === null || (outcome !== 'failed' && outcome !== 'cancelled')) return ''
  if (process !== null) return `at ${step}, in the process ${process}`
  return subStep === null || subStep === step ? `at ${step}` : `at ${step} (${subStep})`
}

/** Why; empty where the facts say it already. */
export function outcomeReason({reason, process}: BankUpdate): string {
  return process === null ? (reason ?? '') : ''
}

/** Lines of the log that say more than the reason does. */
export function tellingLogLines({logLines, reason, process}: BankUpdate): string[] {
  const repeated = (line: string) =>
    (reason !== null && line.includes(reason)) || (process !== null && line.endsWith(process))
  return logLines.filter(line => !repeated(line))
}

/** `2 updated, 1 failed`. */
export function tally(updates: readonly Pick<BankUpdate, 'outcome' | 'cancelRequested'>[]): string {
  const counts = new Map<string, number>()
  for (const {word} of updates.map(updateMark)) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].map(([word, number]) => `${number} ${word.replace(/^update /, '')}`).join(', ')
}

/** What an awaited update does now, as a symbol and a few words: `download, 12 files (step 6 of 9)`. */
export function progressMark(progress: Progress): Mark {
  const {outcome, outage, phase} = progress
  if (outcome !== undefined) return outcomeMarks[outcome]
  if (outage !== undefined) return {symbol: '!', word: `no answer (${outage}); the update may go on`, tone: 'worry'}
  if (phase === 'requested') return {symbol: '○', word: 'requested', tone: 'calm'}
  if (phase === 'queued') return {symbol: '○', word: queueText(progress), tone: 'calm'}
  return {symbol: '●', word: runText(progress), tone: 'busy'}
}

function queueText({position, busyWith}: Progress): string {
  if (position !== undefined && position > 1) return `queued, number ${position} in line`
  return busyWith.length > 0 && busyWith.length <= 3
    ? `queued, next after ${busyWith.join(' or ')}`
    : 'queued, next to run'
}

function runText({run, filesToDownload, transfer}: Progress): string {
  const index = run?.steps.findIndex(({state}) => state === 'waiting') ?? -1
  const current = run?.steps[index]
  if (!run || !current) return 'running'
  const now = [current.step, detailOf(current, {files: filesToDownload, transfer})]
    .filter(part => part !== '')
    .join(', ')
  return `${now} (step ${index + 1} of ${run.steps.length})`
}

function detailOf(
  {step, processes}: StepRun,
  {files, transfer}: {files: number | undefined; transfer: Transfer | undefined},
): string {
  if (step === 'download' && transfer) return transferText(transfer)
  if (step === 'download' && files !== undefined) return count(files, 'file')
  const running = processes.filter(({state}) => state === 'running').map(({name}) => name)
  if (running.length === 0) return ''
  const over = processes.length - running.length
  return over === 0 ? running.join(' ') : `${running.join(' ')} after ${over} more`
}

/** `12 of 200 files, 34 of 120 MB`. */
function transferText({filesDone, filesTotal, bytesDone, bytesTotal}: Transfer): string {
  const bytes = bytesTotal === null ? sizeCell(bytesDone) : `${sizeCell(bytesDone)} of ${sizeCell(bytesTotal)}`
  return `${filesDone} of ${count(filesTotal, 'file')}, ${bytes}`
}
