import path from 'node:path'
import type {Bank, Production} from '../../model/bank.js'
import {removeSteps} from '../../model/steps.js'
import {withoutPending, withoutSessions} from './bank-document.js'
import {directoryOf} from './current-link.js'
import {FilesCache} from './files-cache.js'
import {reasonOf} from './occasion.js'
import {removalOf, removeRelease} from './removal.js'
import {Run} from './run.js'
import {newSession} from './sessions.js'
import {removeTree} from './trees.js'
import type {UpdateRun} from './update-run.js'

/** Sub-step: what did not become a part of the release is thrown away. */
export async function cleanOffline(run: UpdateRun): Promise<void> {
  run.log.info('Workflow:wf_clean_offline')
  await removeTree(run.layout.offlineDirectory)
}

/** How many releases stay beside the one that is made, as `keep.old.version` says. */
export function keptReleases(run: UpdateRun): number {
  const value = run.properties.get('keep.old.version', '')
  return value.trim() === '' ? 1 : Number(value)
}

/** Sub-step: removes the oldest releases, but never one that is frozen or published. */
export async function deleteOld(run: UpdateRun): Promise<void> {
  run.log.info('Workflow:wf_delete_old')
  if (run.request.fromTask !== null) {
    run.log.info('Workflow:wf_delete_old:Skip')
    return
  }
  const bank = await run.stored()
  const others = bank.production.filter(({session}) => session !== run.session.id)
  let left = others.length - keptReleases(run)
  for (const production of others) {
    if (left <= 0) break
    const {release} = production
    if (release === run.session.release) run.log.info(`Release ${release} tagged as keep_session, skipping`)
    else if (production.frozen) run.log.info(`Release ${release} tagged as freezed, skipping`)
    else if (bank.current === production.session) run.log.info(`Release ${release} tagged as current, skipping`)
    else {
      left--
      await deleteOne(run, bank, production)
    }
  }
}

/** A release that cannot be removed stays; the update is none the worse for it. */
async function deleteOne(run: UpdateRun, bank: Bank, production: Production): Promise<void> {
  run.log.info(`Workflow:wf_delete_old:Delete:${production.release}`)
  const {parts, loaded, layout, context, log, startMs} = run
  const facts = {layout, nowMs: parts.clock.epochMs(), job: context.job}
  const session = removalOf(production, newSession(bank, 'remove', facts))
  const removal = new Run({
    parts,
    bank: run.bank,
    loaded,
    layout,
    context,
    log,
    session,
    steps: removeSteps,
    startMs,
    withoutStatus: true,
  })
  try {
    await removeRelease(removal, production)
  } catch (error) {
    run.signal.throwIfAborted()
    log.error(`Workflow:wf_delete_old:ErrorDelete:${production.release}: ${reasonOf(error)}`)
  }
  await parts.store.banks.change(run.bank, now =>
    now.production.some(({session: id}) => id === production.session) || session.steps.remove_release === true
      ? withoutSessions(now, [session.id])
      : now,
  )
}

/** Sub-step: forgets the sessions that neither made a release nor are the last ones, and what they left on disk. */
export async function cleanOldSessions(run: UpdateRun): Promise<void> {
  run.log.info('Workflow:wf_clean_old_sessions')
  if (run.properties.getBoolean('keep.old.sessions')) return
  const bank = await run.stored()
  const kept = new Set([run.session.id, bank.lastRemoveSession, ...bank.production.map(({session}) => session)])
  const old = bank.sessions.filter(({id, steps}) => !kept.has(id) && !(steps.removeprocess && !steps.remove_release))
  const wanted = new Set([run.releaseDirectory, ...bank.production.map(directoryOf)])
  const cache = new FilesCache(run.layout.cacheDirectory)
  for (const {id, action, productionDirectory, dirVersion} of old) {
    await cache.forget(id)
    if (action === 'remove' || productionDirectory === null) continue
    const directory = path.join(run.layout.dataDirectory, dirVersion, productionDirectory)
    if (wanted.has(directory)) continue
    run.log.info(`Bank:DeleteOldSessionDir:${productionDirectory}`)
    await removeTree(directory)
  }
  const ids = old.map(({id}) => id)
  await run.parts.store.banks.change(run.bank, now =>
    ids.reduce((changed, id) => withoutPending(changed, id), withoutSessions(now, ids)),
  )
}
