import {BiomajError} from '../../../shared/errors.js'
import {updateSteps} from '../../model/steps.js'
import type {RepairRequest} from '../../queue/queue.js'
import type {RunContext, RunOutcome} from '../engine.js'
import type {BankLayout} from '../layout.js'
import type {BankProperties} from '../properties/bank-properties.js'
import {told} from '../told.js'
import {lastUpdateOf, productionEntry, withProduction, withSession} from './bank-document.js'
import {directoryOf, followCurrent} from './current-link.js'
import type {EngineParts} from './engine-parts.js'
import {onOccasion, openLog, record} from './occasion.js'
import {finishRemovals} from './removal.js'
import {sessionOfRelease} from './sessions.js'
import {exists} from './trees.js'

/**
 * Takes the word of whoever repaired a release by hand: the last update, or that of the release, counts as ended well,
 * and the release as in production. A lock that nobody keeps is broken.
 */
export async function repair(parts: EngineParts, request: RepairRequest, context: RunContext): Promise<RunOutcome> {
  await breakStaleLock(parts, request.bank, context)
  return onOccasion({parts, bank: request.bank, action: 'repair', context}, async occasion => {
    const {bank, layout, loaded, stored, startMs} = occasion
    await finishRemovals(parts, layout)
    const log = openLog(occasion)
    log.info(`Log file: ${log.file}`)
    log.warning(`Bank:${bank}:Repair`)
    log.info(`Job:${context.job}:${context.correlationId}`)
    log.info('Workflow:wf_unlock')
    log.close()
    const chosen = request.release === null ? lastUpdateOf(stored) : sessionOfRelease(stored, request.release)
    const toDo = chosen?.release != null && !chosen.over ? structuredClone(chosen) : undefined
    let directory: string | null = null
    if (toDo) {
      for (const step of updateSteps) toDo.steps[step] = true
      Object.assign(toDo, {over: true, updated: true, job: context.job, logFile: log.file})
      const production = productionEntry(toDo, {layout, properties: loaded.properties, logFile: log.file})
      directory = directoryOf(production)
      await mustExist(directory, layout, loaded.properties)
      await parts.syncTree(directory, {root: layout.dataDirectory, signal: context.signal})
      await parts.store.banks.change(bank, now => ({
        ...withProduction(withSession(now, toDo), production),
        lastUpdateSession: toDo.id,
        lastUpdate: {session: toDo.id, ok: true, release: toDo.release},
      }))
    }
    await followCurrent({parts, layout})
    const endMs = parts.clock.epochMs()
    await record(parts, {
      bank,
      action: 'repair',
      startMs,
      endMs,
      updated: toDo !== undefined,
      error: false,
      cancelled: false,
      reason: null,
      job: context.job,
    })
    return {
      state: 'done',
      session: toDo?.id ?? null,
      release: toDo?.release ?? null,
      directory,
      updated: toDo !== undefined,
      published: false,
      reason: null,
    }
  })
}

async function mustExist(directory: string, layout: BankLayout, properties: BankProperties): Promise<void> {
  if (await exists(directory)) return
  const separator = properties.get('release.separator', '_')
  throw new BiomajError({
    code: 'release_not_found',
    message: told`There is nothing to repair: ${directory} does not exist`,
    hint: told`Put the files there, in a folder ${layout.bank}${separator}<release>, or update again.`,
  })
}

/** A worker that is alive keeps its lock; that of one that is gone has no meaning any more. */
async function breakStaleLock(parts: EngineParts, bank: string, {job}: RunContext): Promise<void> {
  const lock = await parts.store.locks.get(bank)
  if (!lock || lock.job === job) return
  const services = await parts.store.services.list()
  const now = parts.clock.epochMs()
  const isAlive = services.some(
    ({id, leaseUntilMs, work}) => id === lock.worker && leaseUntilMs > now && work?.job === lock.job,
  )
  if (!isAlive) await parts.store.locks.break(bank)
}
