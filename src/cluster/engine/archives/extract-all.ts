import {lstat, mkdir, rm} from 'node:fs/promises'
import path from 'node:path'
import {BiomajError} from '../../../shared/errors.js'
import {told} from '../told.js'
import {type ArchiveKind, archiveKind} from './archive-kind.js'
import {ExtractionBudget, type ExtractionLimits} from './budget.js'
import {isSystemError} from './decompress.js'
import {ArchiveProblem, pathInside} from './entry-names.js'
import {carryOutMoves, MergeProblem, planMoves} from './move-in.js'
import {type StagedArchive, stageArchive} from './stage-archive.js'

const stagingName = '.biomaj-extracting'

export interface ExtractionRequest {
  /** Absolute. Nothing is written elsewhere. */
  directory: string
  /** All that was downloaded, below the directory. Files that are no archives are left as they are, but protected. */
  files: readonly string[]
  limits: ExtractionLimits
  /** Archives that are read at the same time. */
  threads: number
  signal: AbortSignal
}

export interface Extraction {
  /** Those that were extracted, and are removed now. */
  archives: string[]
  /** Files and links that came out of them, below the directory. */
  files: string[]
  /** Of the files. */
  bytes: number
}

/**
 * Extracts the archives among the files, each into the folder that it lies in, and removes them.
 *
 * All archives are read into a folder of their own first. Only when every one of them is good are the files moved to
 * their places, and only then are the archives removed. So a failure leaves everything as it was, and a run that was
 * killed can be repeated.
 *
 * @throws {BiomajError} `refused` for an archive that is damaged or dangerous, `server_error` when the system fails
 * @throws the signal's reason
 */
export async function extractAll(request: ExtractionRequest): Promise<Extraction> {
  const {directory, signal} = request
  const files = new Set(request.files.map(file => path.relative(directory, pathInside(directory, file))))
  const staging = path.join(directory, stagingName)
  // What a run that was killed has left.
  await rm(staging, {recursive: true, force: true})
  const archives = await archivesOf(directory, files)
  if (archives.length === 0) return {archives: [], files: [], bytes: 0}
  await mkdir(staging)
  try {
    return await extract({...request, archives, downloads: files, staging})
  } catch (error) {
    signal.throwIfAborted()
    throw error
  } finally {
    await rm(staging, {recursive: true, force: true})
  }
}

interface Archive {
  archive: string
  kind: ArchiveKind
}

type Work = ExtractionRequest & {archives: Archive[]; downloads: Set<string>; staging: string}

async function extract({directory, archives, downloads, staging, limits, threads, signal}: Work): Promise<Extraction> {
  const budget = new ExtractionBudget(limits)
  const stop = new AbortController()
  const anySignal = AbortSignal.any([signal, stop.signal])
  const staged = await inParallel(archives, {
    threads,
    stop,
    work: async ({archive, kind}, index) => {
      const stagingFolder = path.join(staging, String(index))
      return await explained(archive, async () =>
        stageArchive({directory, archive, kind, stagingFolder, budget, signal: anySignal}),
      )
    },
  })
  const names = archives.map(({archive}) => archive)
  const moves = await explained(names[0] ?? '', async () => {
    refuseStagingName(staged)
    return await planMoves(staged, {directory, downloads, archives: new Set(names)})
  })
  signal.throwIfAborted()
  await explained(names[0] ?? '', async () => {
    await carryOutMoves(moves, directory)
    for (const name of names) await rm(path.join(directory, name), {force: true})
  })
  const files = moves.filter(({kind}) => kind !== 'directory').map(({place}) => place)
  return {archives: names, files, bytes: budget.bytes}
}

async function archivesOf(directory: string, files: ReadonlySet<string>): Promise<Archive[]> {
  const archives: Archive[] = []
  for (const file of files) {
    if (file === stagingName || file.startsWith(`${stagingName}/`)) {
      throw refusal(file, new ArchiveProblem('its name is taken'))
    }
    const kind = archiveKind(file)
    if (kind && (await isThere(path.join(directory, file)))) archives.push({archive: file, kind})
  }
  return archives
}

function refuseStagingName(staged: readonly StagedArchive[]): void {
  for (const {archive, folder, staging} of staged) {
    if (folder === '' && staging.entries.has(stagingName)) {
      throw new MergeProblem({archive}, `it has an entry with a name that is taken: ${stagingName}`)
    }
  }
}

async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file)
    return true
  } catch (error) {
    if (isSystemError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return false
    throw error
  }
}

/** Results in the order of the items. After a failure nothing new is begun, what runs is stopped and waited for. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  {threads, stop, work}: {threads: number; stop: AbortController; work: (item: Item, index: number) => Promise<Result>},
): Promise<Result[]> {
  const results: Result[] = []
  const failures: unknown[] = []
  const queue = items.entries()
  const thread = async () => {
    for (const [index, item] of queue) {
      if (stop.signal.aborted) return
      try {
        results[index] = await work(item, index)
      } catch (error) {
        failures.push(error)
        stop.abort(error)
      }
    }
  }
  await Promise.all(Array.from({length: Math.max(1, Math.min(threads, items.length))}, thread))
  if (failures.length > 0) throw failures[0]
  return results
}

/** Makes a failure one that tells of which archive, and whose problem it is. */
async function explained<Result>(archive: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof MergeProblem) throw refusal(error.archive, error)
    if (error instanceof ArchiveProblem) throw refusal(archive, error)
    if (isSystemError(error)) throw systemFailure(archive, error)
    throw error
  }
}

function refusal(archive: string, problem: ArchiveProblem): BiomajError {
  return new BiomajError({
    code: 'refused',
    message: told`${archive} was not extracted: ${problem.message}`,
    hint: 'Nothing of it was kept. Look at the archive, or set no.extract=true to take it as it is.',
    details: {archive},
    cause: problem,
  })
}

function systemFailure(archive: string, error: NodeJS.ErrnoException): BiomajError {
  const full = error.code === 'ENOSPC' || error.code === 'EDQUOT'
  return new BiomajError({
    code: 'server_error',
    message: told`${archive} was not extracted: ${full ? 'there is no space left on the disk' : error.message}`,
    hint: full ? 'Make room below data.dir, then update again.' : undefined,
    details: {archive},
    cause: error,
  })
}
