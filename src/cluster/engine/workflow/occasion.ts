import type {Bank} from '../../model/bank.js'
import type {HistoryRow} from '../../model/records.js'
import {BiomajError} from '../../../shared/errors.js'
import {sanitise} from '../../../shared/sanitise.js'
import {RunCancelled, type RunContext, RunInterrupted, type RunOutcome} from '../engine.js'
import {type BankLayout, layoutOf} from '../layout.js'
import {type LoadedBank, loadBankFiles} from '../load-bank.js'
import {told} from '../told.js'
import {BankLog} from './bank-log.js'
import {newBank} from './bank-document.js'
import type {EngineParts} from './engine-parts.js'

/** A run that may begin: the bank is ours until it ends. */
export interface Occasion {
  parts: EngineParts
  bank: string
  action: HistoryRow['action']
  context: RunContext
  loaded: LoadedBank
  layout: BankLayout
  startMs: number
  /** As it was when the lock was taken. */
  stored: Bank
}

export interface OccasionRequest {
  parts: EngineParts
  bank: string
  action: HistoryRow['action']
  context: RunContext
}

/**
 * Reads the bank, takes its lock and lets `work` have it. What goes wrong before `work` is a failed run with a row in
 * the history; `work` itself answers for all that comes later.
 *
 * @throws {RunInterrupted} with the lock still taken: the job goes on elsewhere
 */
export async function onOccasion(
  request: OccasionRequest,
  work: (occasion: Occasion) => Promise<RunOutcome>,
): Promise<RunOutcome> {
  const {parts, bank, context} = request
  const startMs = parts.clock.epochMs()
  let locked = false
  try {
    context.signal.throwIfAborted()
    const loaded = await loadBankFiles(bank, parts)
    const layout = layoutOf(bank, loaded.properties)
    await takeLock(request, startMs)
    locked = true
    const maintenance = await parts.store.maintenance.get()
    if (maintenance) throw new BiomajError({code: 'maintenance', message: 'Biomaj is in maintenance'})
    const stored = await storedBank(request, loaded)
    return await work({...request, loaded, layout, startMs, stored})
  } catch (error) {
    if (error instanceof RunInterrupted || context.signal.reason instanceof RunInterrupted) {
      locked = false
      throw context.signal.reason ?? error
    }
    return await refused({request, startMs}, error)
  } finally {
    if (locked) await parts.store.locks.release(bank, context.job)
  }
}

/** The log of the run, new. */
export function openLog({parts, bank, layout, loaded}: Occasion): BankLog {
  return new BankLog({
    directory: layout.logDirectory,
    bank,
    level: loaded.properties.get('historic.logfile.level', 'INFO'),
    now: () => parts.clock.epochMs(),
    site: parts.log,
  })
}

async function takeLock({parts, bank, action, context}: OccasionRequest, sinceMs: number): Promise<void> {
  const {job, user, worker} = context
  const inTheWay = await parts.store.locks.take({bank, action, job, owner: user, worker, sinceMs})
  if (!inTheWay) return
  throw new BiomajError({
    code: 'bank_locked',
    message: told`Bank ${bank} is locked: ${inTheWay.action} of ${inTheWay.owner} works on it`,
  })
}

async function storedBank({parts, bank, context}: OccasionRequest, {properties}: LoadedBank): Promise<Bank> {
  const known = await parts.store.banks.get(bank)
  if (known) return known
  await parts.store.banks.insert(newBank(bank, context.user, properties))
  const made = await parts.store.banks.get(bank)
  if (!made) throw new BiomajError({code: 'bank_not_found', message: told`The bank "${bank}" is there no more`})
  return made
}

interface Refusal {
  request: OccasionRequest
  startMs: number
}

/** A run that did not come as far as its session. A bank that is not known has no history. */
async function refused({request, startMs}: Refusal, error: unknown): Promise<RunOutcome> {
  const {parts, bank, action, context} = request
  const {cancelled, reason} = endOf(context, error)
  parts.log.info({bank, action, job: context.job, correlationId: context.correlationId, reason}, 'a run was refused')
  if (await parts.store.banks.get(bank)) {
    await record(parts, {
      bank,
      action,
      startMs,
      endMs: parts.clock.epochMs(),
      updated: action === 'remove' ? null : false,
      error: true,
      cancelled,
      reason,
      job: context.job,
    })
  }
  return {
    state: cancelled ? 'cancelled' : 'failed',
    session: null,
    release: null,
    directory: null,
    updated: false,
    published: false,
    reason,
  }
}

/** Adds the row of a run, once: the same job may come here again after a crash. */
export async function record({store}: EngineParts, row: Omit<HistoryRow, 'id'>): Promise<void> {
  if (await recorded(store, row)) return
  await store.history.add(row)
}

/** The row with which a run of this job ended, if it did. */
export async function recorded(
  store: EngineParts['store'],
  {bank, action, job}: Pick<HistoryRow, 'bank' | 'action' | 'job'>,
): Promise<HistoryRow | undefined> {
  const rows = await store.history.list({bank, limit: 20})
  return rows.find(row => row.job === job && row.action === action)
}

/**
 * Whether a run ended with this error because somebody cancelled it, and why it ended. What it waits for is cancelled
 * with it, and may hear of that first: then only the error tells.
 */
export function endOf({signal}: RunContext, error: unknown): {cancelled: boolean; reason: string} {
  const cancel = [signal.reason, error].find(reason => reason instanceof RunCancelled)
  return {cancelled: cancel !== undefined, reason: reasonOf(cancel ?? error)}
}

/** Why a run failed, in one line that is safe to show. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return sanitise(message === '' ? 'it failed without a reason' : message, {maxLength: 500})
}
