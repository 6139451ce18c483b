import path from 'node:path'
import {BiomajError} from '../../../shared/errors.js'
import {releaseDirectoryName} from '../layout.js'
import {detectRelease} from '../remotes/index.js'
import {told} from '../told.js'
import {exists} from './trees.js'
import type {StepResult, UpdateRun} from './update-run.js'

/** Finds out which release the remote side has, when that is to be known before its files are listed. */
export async function release(run: UpdateRun): Promise<StepResult> {
  const {session, properties, log, request, signal} = run
  log.info('Workflow:wf_release')
  if (properties.get('ref.release', '') !== '' && session.dependencies.length > 0) return ofDependency(run)
  log.info(`Workflow:wf_release:previous_session:${session.previousRelease ?? 'None'}`)
  if (session.release !== null) {
    // Taken up again: its download looks whether the remote side still has it.
    log.info(`Workflow:wf_release:session:${session.release}`)
    return 'done'
  }
  const temporaryDirectory = path.dirname(run.log.file)
  const remoteRelease = await detectRelease({properties, signal, temporaryDirectory})
  if (remoteRelease === null) return 'done'
  run.detectedNow = true
  releaseDirectoryName(run.bank, remoteRelease, properties)
  if (request.fromTask !== 'download' && (await isKnownRelease(run, remoteRelease))) {
    // Whether it is the same in content too, `release.control` decides once the files are listed.
    if (!properties.getBoolean('release.control')) return sameAsBefore(run, remoteRelease)
    session.remoteRelease = remoteRelease
    log.info(`Session:RemoteRelease:${remoteRelease}`)
    return 'done'
  }
  run.assignRelease(await freeRelease(run, remoteRelease), remoteRelease)
  log.info(`Session:RemoteRelease:${remoteRelease}`)
  log.info(`Session:Release:${session.release ?? 'None'}`)
  return 'done'
}

/** Ends the update: the release that is there is the one that the remote side has. */
export async function sameAsBefore(run: UpdateRun, remoteRelease: string | null): Promise<StepResult> {
  run.log.info('Workflow:wf_release:same_as_previous_session')
  const production = (await run.stored()).production.findLast(other => other.remoteRelease === remoteRelease)
  run.session.release = production?.release ?? null
  run.session.remoteRelease = remoteRelease
  run.session.productionDirectory = null
  return 'nothing-new'
}

/** `ref.release`: the release of a bank that this one is computed from. */
async function ofDependency(run: UpdateRun): Promise<StepResult> {
  const {session, properties, log} = run
  const name = properties.get('ref.release', '').trim()
  const dependency = session.dependencies.find(({bank}) => bank === name)
  const bank = await run.parts.store.banks.get(name)
  const production = bank?.production.findLast(({release: local}) => local === dependency?.release)
  if (!dependency || !production) {
    throw new BiomajError({code: 'update_failed', message: told`no release found for bank ${name}`})
  }
  const {release: local, remoteRelease} = production
  log.info(`Workflow:wf_release:FromDepends:${name}:${local}`)
  log.info(`Workflow:wf_release:previous_session:${session.previousRelease ?? 'None'}`)
  if (session.release !== null && session.remoteRelease === remoteRelease) return 'done'
  const isUpdated = session.dependencies.some(({updated}) => updated === true)
  if (!isUpdated && !properties.getBoolean('release.control') && (await isKnownRelease(run, remoteRelease))) {
    return sameAsBefore(run, remoteRelease)
  }
  run.assignRelease(await freeRelease(run, local), remoteRelease)
  return 'done'
}

/**
 * Whether the last update ended with this remote release, and it is still in production. When it was removed since, it
 * is made again.
 */
export async function isKnownRelease(run: UpdateRun, remoteRelease: string): Promise<boolean> {
  if (run.session.previousRelease !== remoteRelease) return false
  const {production} = await run.stored()
  return production.some(other => other.remoteRelease === remoteRelease)
}

/**
 * A local name whose folder is not taken: the release itself, or with `__1`, `__2`, ... as BioMAJ counts. What is on
 * disk under that name belongs to another session, or to nobody that we know.
 */
export async function freeRelease(run: UpdateRun, remoteRelease: string): Promise<string> {
  const taken = async (local: string) =>
    exists(path.join(run.layout.releasesDirectory, releaseDirectoryName(run.bank, local, run.properties)))
  let index = (await taken(remoteRelease)) ? 1 : 0
  for (let number = 1; number < 100; number++) {
    if (await taken(`${remoteRelease}__${number}`)) index = number + 1
  }
  return index === 0 ? remoteRelease : `${remoteRelease}__${index}`
}
