import {lstat, mkdir} from 'node:fs/promises'
import path from 'node:path'
import {BiomajError} from '../../../shared/errors.js'
import {extractAll, verifyChecksums} from '../archives/index.js'
import {placeBelow} from '../layout.js'
import {PythonRegex} from '../patterns/python-regex.js'
import {words} from '../properties/python-text.js'
import {isPartial} from '../remotes/index.js'
import {directoryOf} from './current-link.js'
import {FilesCache, type LocalFile} from './files-cache.js'
import {copyOrLink, exists, filesBelow, moveTo, removeTree} from './trees.js'
import type {UpdateRun} from './update-run.js'

/** Sub-step: files that come with a checksum must have it. */
export async function checksum(run: UpdateRun): Promise<void> {
  run.log.info('Workflow:wf_checksum')
  const files = run.files.map(({saveAs}) => plainPath(saveAs))
  await verifyChecksums({directory: run.layout.offlineDirectory, files, signal: run.signal})
}

/** Sub-step: archives become what is in them. `no.extract` leaves them as they are, whatever it says but `false`. */
export async function uncompress(run: UpdateRun): Promise<void> {
  const {log, properties, parts, layout, signal} = run
  log.info('Workflow:wf_uncompress')
  if (properties.get('no.extract', 'false') !== 'false') {
    log.info('Workflow:wf_uncompress:NoExtract')
    return
  }
  if (run.files.length === 0) return
  await extractAll({
    directory: layout.offlineDirectory,
    files: run.files.map(({saveAs}) => plainPath(saveAs)),
    limits: parts.settings.extraction,
    threads: 2,
    signal,
  })
}

/** Sub-step: what matches `local.files` becomes the release. Everything that it leaves is thrown away at the end. */
export async function copy(run: UpdateRun): Promise<void> {
  const {log, layout, session, signal} = run
  log.info('Workflow:wf_copy')
  if (run.files.length === 0) {
    log.info('Workflow:wf_copy:NoFileDownload:NoCopy')
    return
  }
  await clearHalfMadeRelease(run)
  const patterns = patternsOf(run.properties.get('local.files', '**/*'))
  const found = await filesBelow(layout.offlineDirectory, signal)
  const chosen = found.filter(({name}) => !isPartial(name) && patterns.some(matches => matches(name)))
  if (chosen.length === 0) throw failed('No file match in offline dir')
  await mkdir(run.flatDirectory, {recursive: true})
  const local: LocalFile[] = []
  for (const {name, size, modifiedMs} of chosen) {
    signal.throwIfAborted()
    await moveTo(path.join(layout.offlineDirectory, name), placeBelow(run.flatDirectory, name))
    local.push({name, size, modifiedMs})
  }
  await new FilesCache(layout.cacheDirectory).putLocal(session.id, local)
}

/**
 * An earlier run may have died while it moved files, and the remote side may have others since. A release that is in
 * production is never cleared: it is worked over in place, as was asked for.
 */
async function clearHalfMadeRelease(run: UpdateRun): Promise<void> {
  const {production} = await run.stored()
  if (production.some(other => directoryOf(other) === run.releaseDirectory)) return
  await removeTree(run.releaseDirectory)
}

/** Sub-step: `<bank>.files.move` takes files of the banks that this one depends on. */
export async function copydepends(run: UpdateRun): Promise<void> {
  run.log.info('Workflow:wf_copydepends')
  const hardLink = run.properties.getBoolean('use_hardlinks')
  for (const {bank, directory} of run.dependencyDirectories) {
    const wanted = run.properties.get(`${bank}.files.move`, '')
    if (wanted === '') continue
    run.log.info(`Worflow:wf_depends:Files:Move:${wanted}`)
    const patterns = patternsOf(wanted, {byPart: true})
    const files = (await filesBelow(directory, run.signal)).filter(({name}) => patterns.some(matches => matches(name)))
    if (files.length === 0) throw failed(`no files to copy from ${bank}`)
    const target = placeBelow(run.releaseDirectory, bank)
    for (const {name} of files) {
      run.signal.throwIfAborted()
      await copyOrLink(path.join(directory, name), placeBelow(target, name), {hardLink})
    }
  }
}

/**
 * Patterns between spaces. `**\/*` is everything. BioMAJ matches `local.files` against the whole path, and files of
 * a dependency part by part.
 */
function patternsOf(value: string, {byPart = false} = {}): Array<(name: string) => boolean> {
  return words(value).map(pattern => {
    if (pattern === '**/*') return () => true
    if (!byPart) {
      const regex = new PythonRegex(pattern)
      return (name: string) => regex.match(name) !== null
    }
    const parts = pattern
      .replace(/^\^?\//, '')
      .split('/')
      .map(part => new PythonRegex(part))
    return (name: string) => {
      const segments = name.split('/')
      return segments.length === parts.length && parts.every((part, at) => part.match(segments[at] ?? '') !== null)
    }
  })
}

/** Whether the folder of the release has come to be. */
export async function hasReleaseDirectory(run: UpdateRun): Promise<boolean> {
  return (await exists(run.releaseDirectory)) && (await lstat(run.releaseDirectory)).isDirectory()
}

function plainPath(saveAs: string): string {
  return saveAs.replace(/^\/+/, '')
}

function failed(message: string): BiomajError {
  return new BiomajError({code: 'update_failed', message})
}
