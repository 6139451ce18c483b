import type {BankUpdate, UpdateOutcome} from '../../operations/update-report.js'
import {outcomeFacts, outcomeReason, tally, tellingLogLines, updateMark} from '../../presentation/updates.js'
import {BiomajError, type ErrorCode} from '../../shared/errors.js'
import {sanitise} from '../../shared/sanitise.js'
import {errorJson, type ErrorJson} from '../error-report.js'
import {exitCodeOfAll, exitCodes} from '../exit-codes.js'
import type {Io} from '../io.js'
import {type BankResult, headLines, indent, indented, nameWidth} from './result-lines.js'
import {paintSpan} from '../terminal/tones.js'
import {wrap} from '../../shared/wrap.js'

/** A report as `update --json` and `wait --json` print it. `error` is null if and only if `exitCode` is 0. */
export type BankUpdateJson = Omit<BankUpdate, 'error'> & {
  error: ErrorJson | null
  exitCode: number
  /** Commands that go on from here, for an update that may still run. */
  resume: string | null
  cancel: string | null
}

export interface UpdatesResult {
  updates: BankUpdateJson[]
}

/** Shows how updates stand, as `update` and `wait` both do. Gives the document and the exit status. */
export function showUpdates(io: Io, reports: readonly BankUpdate[]): {document: UpdatesResult; exitCode: number} {
  const updates = reports.map(report => toJson(report))
  io.show({
    human: () => updatesText(io, reports),
    ids: () => updates.filter(({exitCode}) => exitCode === 0).map(({bank}) => bank),
  })
  return {document: {updates}, exitCode: exitCodeOfAll(updates)}
}

function toJson(update: BankUpdate): BankUpdateJson {
  const {bank} = update
  const error = errorOf(update)
  const open = isOpen(update)
  return {
    ...update,
    error: error ? errorJson(error) : null,
    exitCode: error ? exitCodes[error.code] : 0,
    resume: open ? `biomaj wait --bank ${bank}` : null,
    cancel: open && !update.cancelRequested ? `biomaj cancel --bank ${bank}` : null,
  }
}

/** The update may be at work still. */
function isOpen({outcome}: BankUpdate): boolean {
  return outcome === 'requested' || outcome === 'joined' || outcome === 'running' || outcome === 'unknown'
}

const outcomeCodes: Readonly<Record<UpdateOutcome, ErrorCode | undefined>> = {
  requested: undefined,
  joined: undefined,
  updated: undefined,
  up_to_date: undefined,
  stopped: undefined,
  failed: 'update_failed',
  never_started: 'update_never_started',
  cancelled: 'update_cancelled',
  running: 'wait_timeout',
  unknown: 'outcome_unknown',
  refused: 'refused',
}

function errorOf(update: BankUpdate): BiomajError | undefined {
  const {bank, outcome, error, watchEnded} = update
  if (error && watchEnded === 'outage') {
    return new BiomajError({code: 'outcome_unknown', message: error.message, hint: error.hint, details: error.details})
  }
  if (error) return error
  const code = outcomeCodes[outcome]
  if (code === undefined) return undefined
  const message = `${bank}: ${[updateMark(update).word, outcomeFacts(update)].filter(part => part !== '').join(' ')}`
  const reason = outcomeReason(update)
  return new BiomajError({code, message: reason === '' ? message : `${message}: ${reason}`})
}

/** The report for people: a line for each bank; for a failure the log's own words; what to do next. */
function updatesText(io: Io, updates: readonly BankUpdate[]): string {
  const width = nameWidth(updates)
  const lines = updates.flatMap(update => [...headLines(io, resultOf(update), width), ...bodyLines(io, update)])
  if (updates.length > 3) lines.push(`${updates.length} banks: ${tally(updates)}`)
  return [...lines, ...wayOn(updates)].join('\n')
}

function resultOf(update: BankUpdate): BankResult {
  return {bank: update.bank, mark: updateMark(update), facts: outcomeFacts(update), reason: outcomeReason(update)}
}

function bodyLines(io: Io, update: BankUpdate): string[] {
  const {outcome, bank, error, processErrors} = update
  if (outcome === 'refused' || outcome === 'unknown') {
    const hint = error ? errorJson(error).hint : undefined
    return hint === undefined ? [] : indented(io, hint)
  }
  if (outcome !== 'failed') return []
  const log = tellingLogLines(update)
    .flatMap(line => wrap(sanitise(line), io.columns - 2 * indent.length))
    .map(line => `${indent}${indent}${paintSpan(io, {text: line, tone: 'calm'})}`)
  const own =
    processErrors === null
      ? []
      : [`${indent}What the process itself wrote is on the server, in`, `${indent}${indent}${sanitise(processErrors)}`]
  return [
    ...log,
    ...own,
    `${indent}The log: biomaj logs --bank ${sanitise(bank)}`,
    `${indent}Once its cause is gone: biomaj update --bank ${sanitise(bank)} --wait`,
  ]
}

const mostNamed = 10

/** The commands with which one comes back to what is still under way, once for all banks. */
function wayOn(updates: readonly BankUpdate[]): string[] {
  const open = updates.filter(update => isOpen(update))
  const margin = updates.length === 1 ? indent : ''
  if (open.length === 0) {
    const earlier = updates.some(update => update.earlier)
    return earlier ? [`${margin}No update runs or waits now: so the last one ended.`] : []
  }
  const banks = namesOf(open)
  const goesOn = open.filter(({outcome}) => outcome === 'running' || outcome === 'unknown')
  if (goesOn.length === 0) return [`${margin}Wait for the result: biomaj wait --bank ${banks}`]
  const uncancelled = goesOn.filter(({cancelRequested}) => !cancelRequested)
  if (uncancelled.length === 0) return [`${margin}See how it ends: biomaj wait --bank ${banks}`]
  return [
    `${margin}Come back: biomaj wait --bank ${banks}`,
    `${margin}Cancel:    biomaj cancel --bank ${namesOf(uncancelled.length === goesOn.length ? open : uncancelled)}`,
  ]
}

function namesOf(updates: readonly BankUpdate[]): string {
  return updates.length > mostNamed ? 'NAME' : sanitise(updates.map(({bank}) => bank).join(','))
}
