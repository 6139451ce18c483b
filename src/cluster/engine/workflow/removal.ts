import path from 'node:path'
import type {Bank, Production, Session} from '../../model/bank.js'
import {BiomajError} from '../../../shared/errors.js'
import {type BankLayout, isWithin} from '../layout.js'
import {told} from '../told.js'
import {withoutPending, withoutSessions, withSession} from './bank-document.js'
import {directoryOf} from './current-link.js'
import type {EngineParts} from './engine-parts.js'
import {FilesCache} from './files-cache.js'
import {runProcesses} from './process-step.js'
import type {Run} from './run.js'
import {removeTree} from './trees.js'

/**
 * Removes a release under the removal session of the run. From the moment on when it is out of production, the session
 * stands for what is left to delete; after a crash `finishRemovals` goes on with it.
 */
export async function removeRelease(run: Run, production: Production): Promise<void> {
  run.log.info('Workflow:Start:removeprocess')
  run.log.info('Workflow:wf_removepreprocess')
  await runProcesses(run, 'removeprocess')
  await takeOut(run, production)
  run.log.info('Workflow:Start:remove_release')
  run.log.info('Workflow:wf_remove_release')
  await deleteRelease(run, production)
}

/** A fresh removal session, made to be about a release. */
export function removalOf(production: Production, session: Session): Session {
  const {release, remoteRelease, dirVersion, productionDirectory} = production
  return {...session, release, remoteRelease, dirVersion, productionDirectory}
}

/** Takes the release out of production, unless it was published or frozen in the meantime. */
export async function takeOut(run: Run, production: Production, {force = false} = {}): Promise<void> {
  const keepSession = run.properties.getBoolean('keep.old.sessions')
  run.session.steps.removeprocess = true
  await run.save(bank => {
    refuseWanted(bank, production, {force})
    const without = withoutPending(
      {...bank, production: bank.production.filter(({session}) => session !== production.session)},
      production.session,
    )
    return keepSession ? without : withoutSessions(without, [production.session])
  })
}

/** Deletes the files of a release that is out of production. */
export async function deleteRelease(run: Run, production: Production): Promise<void> {
  const directory = directoryOf(production)
  run.log.info(`Workflow:wf_remove:delete:${directory}`)
  await removeTree(directory)
  await new FilesCache(run.layout.cacheDirectory).forget(production.session)
  run.session.steps.remove_release = true
}

/** @throws {BiomajError} `refused` when somebody published or froze it since */
export function refuseWanted(bank: Bank, production: Production, {force = false} = {}): void {
  const now = bank.production.find(({session}) => session === production.session)
  if (bank.current === production.session) {
    const message = told`Release ${production.release} is published: unpublish it first`
    throw new BiomajError({code: 'refused', message})
  }
  if (now?.frozen === true && !force) {
    throw new BiomajError({
      code: 'refused',
      message: told`Release ${production.release} is frozen, unfreeze it first`,
    })
  }
}

/** Deletes what removals left that a crash ended. */
export async function finishRemovals(parts: EngineParts, layout: BankLayout): Promise<void> {
  const bank = await parts.store.banks.get(layout.bank)
  const unfinished = (bank?.sessions ?? []).filter(isUnfinishedRemoval)
  if (!bank || unfinished.length === 0) return
  for (const session of unfinished) await deleteOrphan(bank, session, layout)
  await parts.store.banks.change(layout.bank, now =>
    unfinished.reduce((changed, {id}) => {
      const session = changed.sessions.find(other => other.id === id)
      if (!session) return changed
      return withSession(changed, {...session, over: true, steps: {...session.steps, remove_release: true}})
    }, now),
  )
}

function isUnfinishedRemoval({action, steps}: Session): boolean {
  return action === 'remove' && steps.removeprocess === true && steps.remove_release !== true
}

async function deleteOrphan(bank: Bank, session: Session, layout: BankLayout): Promise<void> {
  if (session.productionDirectory === null) return
  const directory = path.resolve(layout.dataDirectory, session.dirVersion, session.productionDirectory)
  const isWanted =
    bank.production.some(production => directoryOf(production) === directory) ||
    bank.sessions.some(other => isUnfinishedUpdateOf(other, session))
  if (isWanted || !isWithin(directory, layout.dataDirectory)) return
  await removeTree(directory)
}

/** A later update may have taken the same name. */
function isUnfinishedUpdateOf(other: Session, removal: Session): boolean {
  return (
    other.action === 'update' &&
    !other.over &&
    other.dirVersion === removal.dirVersion &&
    other.productionDirectory === removal.productionDirectory
  )
}
