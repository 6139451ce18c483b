import {lstat} from 'node:fs/promises'
import path from 'node:path'
import type {ReleaseFile} from '../../model/bank.js'
import {placeBelow} from '../layout.js'
import {directoryOf} from './current-link.js'
import {FilesCache} from './files-cache.js'
import {copyOrLink, exists} from './trees.js'
import type {UpdateRun} from './update-run.js'

/**
 * Takes from the newest release what the remote side still has as it was then: the same name, size, day and, where
 * there is one, hash. A file that was an archive is not there any more and has to be fetched.
 *
 * @returns the files that are in the offline directory now
 */
export async function copyFromLastRelease(run: UpdateRun, files: readonly ReleaseFile[]): Promise<ReleaseFile[]> {
  const last = (await run.stored()).production.at(-1)
  if (!last) return []
  const listed = await new FilesCache(run.layout.cacheDirectory).listed(last.session)
  if (!listed) {
    run.log.info(`Workflow:wf_download:Cache:No cache file found for session ${last.session}, skipping`)
    return []
  }
  const flat = path.join(directoryOf(last), 'flat')
  const known = new Map(listed.map(file => [file.name, file]))
  const hardLink = run.properties.getBoolean('use_hardlinks')
  const copied: ReleaseFile[] = []
  for (const file of files) {
    run.signal.throwIfAborted()
    const before = known.get(file.name)
    if (!before || !isSame(before, file)) continue
    const from = placeBelow(flat, before.saveAs)
    if (!(await hasSize(from, file.size))) continue
    await copyOrLink(from, placeBelow(run.layout.offlineDirectory, file.saveAs), {hardLink})
    copied.push(file)
  }
  if (copied.length === files.length) run.log.info(`Workflow:wf_download:all files copied from ${flat}`)
  run.log.info(`Workflow:wf_download:Copying ${copied.length} files from ${flat}`)
  return copied
}

function isSame(before: ReleaseFile, now: ReleaseFile): boolean {
  if (now.size === null || now.date === null || before.size !== now.size || before.date === null) return false
  const sameDay =
    before.date.year === now.date.year && before.date.month === now.date.month && before.date.day === now.date.day
  return sameDay && (before.hash === null || now.hash === null || before.hash === now.hash)
}

async function hasSize(place: string, size: number | null): Promise<boolean> {
  if (!(await exists(place))) return false
  const stats = await lstat(place)
  return stats.isFile() && stats.size === size
}
