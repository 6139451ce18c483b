import type {BankRun, StepRun} from '../api/contract/run.js'
import type {BankUpdate, UpdateOutcome} from '../operations/update-report.js'
import type {Progress} from '../operations/wait/wait-for-runs.js'
import {formatDuration} from '../shared/durations.js'

/** A state as people see it: a symbol and a word; the tone is for colour, which never stands alone. */
export interface Mark {
  symbol: string
  word: string
  tone: 'good' | 'bad' | 'busy' | 'calm' | 'worry'
}

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

/** The rest of a report's first line, after mark and bank: release, step, reason. */
export function outcomeDetail(update: BankUpdate): string {
  const {outcome, release, published, reason, startedAt, endedAt} = update
  const parts: string[] = []
  const place = placeOf(update)
  if (place !== '') parts.push(place)
  if (release !== null && (outcome === 'updated' || outcome === 'up_to_date')) parts.push(`release ${release}`)
  if (published === true) parts.push('published')
  if (published === false) parts.push('not published')
  if (startedAt !== null && endedAt !== null && outcome !== 'up_to_date') {
    parts.push(`in ${formatDuration(Date.parse(endedAt) - Date.parse(startedAt))}`)
  }
  const facts = parts.join(', ')
  if (reason === null) return facts
  return facts === '' ? reason : `${facts}: ${reason}`
}

function placeOf({step, subStep, process, outcome}: BankUpdate): string {
  if (step === null || (outcome !== 'failed' && outcome !== 'cancelled')) return ''
  const within = process === null ? subStep : `process ${process}`
  return within === null ? `at ${step}` : `at ${step} (${within})`
}

/** What a run does now, in a few words: `download, 12 files`. */
export function progressText({phase, position, run, filesToDownload, outage}: Progress, nowMs: number): string {
  if (outage) return `no answer for ${formatDuration(nowMs - outage.sinceMs)} (${outage.reason}); the update may go on`
  if (phase === 'requested') return 'requested'
  if (phase === 'queued')
    return position === undefined || position === 1 ? 'queued, next to run' : `queued, number ${position} in line`
  const current = run?.steps.find(({state}) => state === 'waiting')
  if (!run || !current) return 'running'
  return [current.step, detailOf(current, filesToDownload)].filter(part => part !== '').join(', ')
}

function detailOf({step, processes}: StepRun, files: number | undefined): string {
  if (step === 'download' && files !== undefined) return `${files} ${files === 1 ? 'file' : 'files'}`
  const running = processes.filter(({state}) => state === 'running').map(({name}) => name)
  const over = processes.length - running.length
  if (running.length === 0) return ''
  return over === 0 ? running.join(' ') : `${running.join(' ')} (${over} done)`
}

/** Steps that are over, of all: `5/9`. */
export function stepCount({steps}: BankRun): string {
  const over = steps.filter(({state}) => state !== 'waiting').length
  return `${over}/${steps.length}`
}
