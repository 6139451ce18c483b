import type {BankUpdate, UpdateOutcome} from '../operations/update-report.js'
import {outcomeDetail, outcomeMarks} from '../presentation/updates.js'
import {sanitise} from '../shared/sanitise.js'
import {envelopeOf, type ErrorEnvelope} from './error-report.js'
import {exitCodes} from './exit-codes.js'
import type {Io, Style} from './io.js'

/** A report as `update --json` and `wait --json` print it. */
export type BankUpdateJson = Omit<BankUpdate, 'error'> & {
  error: ErrorEnvelope['error'] | null
  exitCode: number
  /** Commands that go on from here, for an update that may still run. */
  resume: string | null
  cancel: string | null
}

const outcomeExits: Readonly<Record<Exclude<UpdateOutcome, 'refused' | 'running' | 'unknown'>, number>> = {
  requested: 0,
  joined: 0,
  updated: 0,
  up_to_date: 0,
  stopped: 0,
  failed: exitCodes.update_failed,
  never_started: exitCodes.update_never_started,
  cancelled: exitCodes.update_cancelled,
}

function exitCodeOf({outcome, error, watchEnded}: BankUpdate): number {
  if (outcome === 'running') return watchEnded === 'interrupted' ? exitCodes.interrupted : exitCodes.wait_timeout
  if (outcome === 'unknown')
    return watchEnded === 'outage' || !error ? exitCodes.outcome_unknown : exitCodes[error.code]
  if (outcome === 'refused') return error ? exitCodes[error.code] : exitCodes.refused
  return outcomeExits[outcome]
}

export function toJson(update: BankUpdate): BankUpdateJson {
  const open = ['requested', 'joined', 'running', 'unknown'].includes(update.outcome)
  return {
    ...update,
    error: update.error ? envelopeOf(update.error).error : null,
    exitCode: exitCodeOf(update),
    resume: open ? `biomaj wait --bank ${update.bank}` : null,
    cancel: open ? `biomaj cancel --bank ${update.bank}` : null,
  }
}

/** The exit status for several banks: that of the first one that is not well. */
export function worstExit(updates: readonly {exitCode: number}[]): number {
  return updates.find(({exitCode}) => exitCode !== 0)?.exitCode ?? 0
}

const tones: Readonly<Record<(typeof outcomeMarks)[UpdateOutcome]['tone'], Style>> = {
  good: 'green',
  bad: 'red',
  busy: 'cyan',
  calm: 'dim',
  worry: 'yellow',
}

/** The report for people: a line for each bank; for a failure the log's own words and what to do next. */
export function updateText(io: Io, updates: readonly BankUpdateJson[], reports: readonly BankUpdate[]): string {
  const width = Math.max(...updates.map(({bank}) => bank.length))
  return updates
    .flatMap((update, index) => {
      const report = reports[index]
      if (!report) return []
      const {symbol, word, tone} = outcomeMarks[update.outcome]
      const detail = sanitise(outcomeDetail(report))
      const head = `${io.paint(tones[tone], symbol)} ${io.paint('bold', sanitise(update.bank).padEnd(width))}  ${io.paint(tones[tone], word)}${detail === '' ? '' : `  ${detail}`}`
      const log =
        update.outcome === 'failed'
          ? update.logLines.slice(0, -1).map(line => `    ${io.paint('dim', sanitise(line))}`)
          : []
      return [head, ...log, ...nextSteps(update).map(line => `  ${line}`)]
    })
    .join('\n')
}

function nextSteps({bank, outcome, resume, cancel, error}: BankUpdateJson): string[] {
  if (outcome === 'failed') return [`See \`biomaj logs --bank ${bank}\`, or \`biomaj status --bank ${bank}\`.`]
  if (outcome === 'refused') return error?.hint === undefined ? [] : [error.hint]
  if (outcome === 'running' || outcome === 'unknown') return [`Come back: ${resume}   Cancel: ${cancel}`]
  if (outcome === 'requested' || outcome === 'joined') return [`Follow it: ${resume}`]
  return []
}
