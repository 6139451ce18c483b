import {lstat, mkdir, rm} from 'node:fs/promises'
import path from 'node:path'
import {BiomajError} from '../../../shared/errors.js'
import type {ReleaseFile} from '../../model/bank.js'
import {placeBelow} from '../layout.js'
import {detectRelease, listRemote, releaseOfDates, remotesOf} from '../remotes/index.js'
import {told} from '../told.js'
import {copyFromLastRelease} from './copy-from-last.js'
import {fetchMissing, type Listed} from './fetch-missing.js'
import {FilesCache} from './files-cache.js'
import {freeRelease, isKnownRelease, sameAsBefore} from './release-step.js'
import {RemoteMovedOn, type StepResult, type UpdateRun} from './update-run.js'
import {exists, filesBelow, isHalfCopy, removeTree} from './trees.js'

/** Gathers the files of the release in the offline directory. */
export async function download(run: UpdateRun): Promise<StepResult> {
  const {session, properties, log} = run
  log.info('Workflow:wf_download')
  if (properties.get('protocol') === 'none') return withoutFiles(run)
  if (run.resumed) await refuseAnotherRelease(run)

  const listed = await list(run)
  const files = listed.flatMap(part => part.files)
  log.info(`Workflow:wf_download:nb_files_to_download:${files.length}`)
  if (files.length === 0) {
    // A list that is absent or empty says that there is nothing new.
    if (properties.get('remote.list') !== undefined) return sameAsBefore(run, session.previousRelease ?? null)
    throw failed('no file found matching expressions')
  }
  refuseUnsafePlaces(files, run.layout.offlineDirectory)
  if ((await decideRelease(run, files)) === 'nothing-new') return 'nothing-new'
  await new FilesCache(run.layout.cacheDirectory).putListed(session.id, files)
  // From here on there are things on disk that belong to this session and this release: that must be known first.
  await run.save()
  await gather(run, listed)
  run.files = files
  return 'done'
}

async function withoutFiles(run: UpdateRun): Promise<StepResult> {
  if (run.session.release === null) throw failed('no download file but no release found')
  run.log.info('Workflow:wf_download:no download file expected')
  await run.save()
  await mkdir(run.releaseDirectory, {recursive: true})
  run.files = []
  return 'done'
}

async function list({properties, signal, log}: UpdateRun): Promise<Listed[]> {
  const sources = remotesOf(properties)
  const listed: Listed[] = []
  for (const source of sources) {
    log.debug(`Workflow:wf_download:list:${source.protocol}:${source.server}${source.directory}`)
    listed.push({source, files: await listRemote({source, properties, signal})})
  }
  return listed
}

/** Two files at one place would overwrite each other, whichever comes last. */
function refuseUnsafePlaces(files: readonly ReleaseFile[], directory: string): void {
  const places = new Set<string>()
  for (const {name, saveAs} of files) {
    const place = placeBelow(directory, saveAs)
    if (places.has(place)) throw failed(told`two files would be saved as ${saveAs}; one of them is ${name}`)
    places.add(place)
  }
}

/**
 * A session that is taken up again has a release already. When the remote side has gone on to another one since, its
 * files must not get the old name.
 */
async function refuseAnotherRelease(run: UpdateRun): Promise<void> {
  const {session, properties, signal} = run
  if (session.remoteRelease === null || properties.get('ref.release', '') !== '') return
  if (run.detectedNow) return
  const temporaryDirectory = path.dirname(run.log.file)
  const detected = await detectRelease({properties, signal, temporaryDirectory})
  if (detected !== null && detected !== session.remoteRelease) throw new RemoteMovedOn(detected)
}

async function decideRelease(run: UpdateRun, files: readonly ReleaseFile[]): Promise<StepResult> {
  const {session, properties, log, request} = run
  const control = properties.getBoolean('release.control')
  if (session.release !== null) {
    refuseOtherDates(run, files)
    return 'done'
  }
  const fromFile = session.remoteRelease
  const release = fromFile ?? releaseOfDates({files, properties, today: run.today})
  if (fromFile === null) {
    log.info(`Workflow:wf_download:release:remoterelease:${release}`)
    log.info(`Workflow:wf_download:release:release:${release}`)
  }
  const isKnown = request.fromTask !== 'download' && (await isKnownRelease(run, release))
  if (isKnown && (!control || (await isSameContent(run, files, release)))) return sameAsBefore(run, release)
  run.assignRelease(await freeRelease(run, release), release)
  if (session.release !== release) log.info(`Workflow:wf_download:release:incr_release:${session.release}`)
  return 'done'
}

function refuseOtherDates({session, properties, today}: UpdateRun, files: readonly ReleaseFile[]): void {
  const isDated = properties.get('release.file', '') === '' && properties.get('ref.release', '') === ''
  if (!isDated || files.every(({date}) => date === null)) return
  const release = releaseOfDates({files, properties, today})
  if (release !== session.remoteRelease) throw new RemoteMovedOn(release)
}

/** For `release.control`: whether the remote side has the same files as when the release of that name was made. */
async function isSameContent(run: UpdateRun, files: readonly ReleaseFile[], remoteRelease: string): Promise<boolean> {
  const bank = await run.stored()
  const made = bank.production.findLast(production => production.remoteRelease === remoteRelease)
  if (!made) return false
  const before = await new FilesCache(run.layout.cacheDirectory).listed(made.session)
  if (!before) {
    run.log.warning('Workflow:wf_download:SameRelease:download_files not available, cannot compare to previous release')
    return true
  }
  if (before.length !== files.length) {
    run.log.info('Workflow:wf_download:SameRelease:Number of files differ')
    return false
  }
  const known = new Map(before.map(file => [file.name, identity(file)]))
  return files.every(file => known.get(file.name) === identity(file))
}

/** What tells two versions of a remote file apart: its hash, or without one its size and day. */
function identity({hash, size, date}: ReleaseFile): string {
  return hash ?? JSON.stringify([size, date])
}

/** What is there already is not fetched again; neither is what the last release has. */
async function gather(run: UpdateRun, listed: readonly Listed[]): Promise<void> {
  const {log, layout, signal, properties} = run
  const {offlineDirectory} = layout
  await mkdir(offlineDirectory, {recursive: true})
  await removeLeftovers(offlineDirectory)
  const all = listed.flatMap(({files}) => files)
  const present = new Set<ReleaseFile>()
  for (const file of all) {
    signal.throwIfAborted()
    if (await isPresent(placeBelow(offlineDirectory, file.saveAs), file)) present.add(file)
  }
  log.info(`Workflow:wf_download:nb_expected_files:${all.length}`)
  log.info(`Workflow:wf_download:nb_files_in_offline_dir:${present.size}`)
  const {request} = run
  const mayCopy = !request.fromScratch && request.fromTask !== 'download' && !properties.getBoolean('copy.skip')
  if (mayCopy && present.size < all.length) {
    const absent = all.filter(file => !present.has(file))
    for (const file of await copyFromLastRelease(run, absent)) present.add(file)
  }
  const missing = listed
    .map(({source, files}) => ({source, files: files.filter(file => !present.has(file))}))
    .filter(({files}) => files.length > 0)
  await fetchMissing(run, {missing, all, present})
}

/** What a run that was killed left behind, and what is no part of any release. */
async function removeLeftovers(directory: string): Promise<void> {
  await removeTree(path.join(directory, '.biomaj-extracting'))
  for (const {name} of await filesBelow(directory)) {
    if (isHalfCopy(name)) await rm(path.join(directory, name), {force: true})
  }
}

/** The same size and day as the remote file. Without both it cannot be known, and the file is fetched. */
export async function isPresent(place: string, {size, date}: ReleaseFile): Promise<boolean> {
  if (size === null || date === null || !(await exists(place))) return false
  const stats = await lstat(place)
  const modified = stats.mtime
  return (
    stats.isFile() &&
    stats.size === size &&
    modified.getFullYear() === date.year &&
    modified.getMonth() + 1 === date.month &&
    modified.getDate() === date.day
  )
}

function failed(message: string): BiomajError {
  return new BiomajError({code: 'update_failed', message})
}
