import {mkdir, realpath, stat, utimes} from 'node:fs/promises'
import path from 'node:path'
import {systemClock} from '../../../shared/clock.js'
import {BiomajError} from '../../../shared/errors.js'
import type {CalendarDate, ReleaseFile, TransferProgress} from '../../model/bank.js'
import type {DownloadRequest, DownloadResult} from '../ports.js'
import {told} from '../told.js'
import {archiveProblem} from './archive-check.js'
import {localDate, pathProblem} from './entry.js'
import {contextOf, openRemote, type RemoteOptions} from './open-remote.js'
import {PartFile} from './part-file.js'
import {Progress} from './progress.js'
import type {Remote, RemoteContext} from './remote.js'
import {codeOf, diskError, messageOf, RemoteError} from './remote-error.js'

export interface FetchOptions extends RemoteOptions {
  /** Called now and then while bytes come, and after each file. */
  onProgress: (progress: TransferProgress) => void
}

/**
 * Fetches files one after the other. Each is complete under its name, with the size and date of the remote one, or not
 * there at all; what has come of it stays beside it (`isPartial`), and is gone on with if it is still the same file.
 * A file that is already there is replaced.
 *
 * @throws {BiomajError} with the reason of the first file that is given up; the signal's reason when that is aborted
 */
export async function fetchFiles(request: DownloadRequest, options: FetchOptions): Promise<DownloadResult> {
  const context = contextOf(request.remote, options)
  const places = placesOf(request)
  const remote = openRemote(context)
  const progress = new Progress(request.files, options.onProgress)
  try {
    const folders = new Folders(request.targetDirectory)
    const files: ReleaseFile[] = []
    for (const [index, file] of request.files.entries()) {
      const target = places[index] ?? ''
      await folders.prepare(path.dirname(target))
      files.push(await fetchOne({file, target, remote, context, progress}))
    }
    return {files}
  } finally {
    progress.stop()
    await remote.close()
  }
}

interface Fetching {
  file: ReleaseFile
  target: string
  remote: Remote
  context: RemoteContext
  progress: Progress
}

async function fetchOne(fetching: Fetching): Promise<ReleaseFile> {
  const {file, context, progress} = fetching
  const {retry} = context.access.options
  const startMs = systemClock.nowMs()
  for (let attempt = 1; ; attempt++) {
    context.signal.throwIfAborted()
    try {
      const fetched = await attemptOne(fetching)
      progress.fileDone(fetched.size ?? 0)
      return fetched
    } catch (error) {
      context.signal.throwIfAborted()
      progress.fileFailed()
      const elapsed = (systemClock.nowMs() - startMs) / 1000
      const permanent = error instanceof RemoteError ? error.permanent : error instanceof BiomajError
      if (permanent || retry.stops(attempt, elapsed)) throw given(file, error, attempt)
      const wait = retry.waitSeconds(attempt, () => systemClock.random())
      context.onWarning(told`${file.name}: ${messageOf(error)}; attempt ${attempt + 1} in ${Math.round(wait)} s`)
      await systemClock.sleep(wait * 1000, context.signal)
    }
  }
}

async function attemptOne({file, target, remote, context, progress}: Fetching): Promise<ReleaseFile> {
  const part = new PartFile(target)
  try {
    const {modified, checked} = await remote.fetch(file, part, bytes => progress.add(bytes), context.signal)
    if (checked && !context.access.options.skipArchiveCheck) {
      const problem = await archiveProblem(part.file, file.saveAs, context.signal)
      if (problem !== undefined) {
        await part.discard()
        throw new RemoteError({code: 'refused', message: told`the archive is damaged: ${problem}`})
      }
    }
    const size = await part.size()
    const date = file.date ?? (modified ? localDate(modified) : null)
    if (checked && date) await setDate(part.file, date)
    await mustNotBeFolder(target)
    await part.complete()
    return {...file, size, date}
  } catch (error) {
    throw diskError(error, target) ?? error
  }
}

/** Midnight of that day here, as BioMAJ has it. */
async function setDate(file: string, {year, month, day}: CalendarDate): Promise<void> {
  const time = new Date(year, month - 1, day)
  await utimes(file, time, time)
}

async function mustNotBeFolder(target: string): Promise<void> {
  const found = await stat(target).catch(() => undefined)
  if (found?.isDirectory() === true) {
    throw new RemoteError({code: 'server_error', message: told`${target} is a folder`, permanent: true})
  }
}

function given(file: ReleaseFile, error: unknown, attempts: number): unknown {
  const times = attempts === 1 ? '' : told` (${attempts} attempts)`
  if (!(error instanceof BiomajError)) {
    const code = codeOf(error)
    if (code === undefined) return error
    return new RemoteError({
      code: 'server_error',
      message: told`${file.name}: ${messageOf(error)}${times}`,
      cause: error,
    })
  }
  return new RemoteError({
    code: error.code,
    message: told`${file.name}: ${error.message}` + times,
    hint: error.hint,
    permanent: true,
    cause: error,
  })
}

/** Absolute paths, all of them below the target directory. */
function placesOf({files, targetDirectory}: DownloadRequest): string[] {
  return files.map(({name, saveAs}) => {
    const problem = pathProblem(saveAs)
    if (problem === undefined) return path.join(targetDirectory, saveAs)
    throw new BiomajError({
      code: 'config_invalid',
      message: told`"${name}" cannot be saved as "${saveAs}": ${problem}`,
    })
  })
}

/** Folders below the target, none of which may be a link that leads out of it. */
class Folders {
  readonly #root: string
  readonly #known = new Set<string>()
  #realRoot: string | undefined

  constructor(root: string) {
    this.#root = root
  }

  async prepare(folder: string): Promise<void> {
    if (this.#known.has(folder)) return
    try {
      await mkdir(this.#root, {recursive: true})
      this.#realRoot ??= await realpath(this.#root)
      // One by one: a link on the way would have folders made elsewhere.
      let current = this.#root
      for (const part of path.relative(this.#root, folder).split(path.sep)) {
        current = path.join(current, part)
        await mkdir(current, {recursive: true})
        const real = await realpath(current)
        if (real !== this.#realRoot && !real.startsWith(this.#realRoot + path.sep)) {
          throw new RemoteError({
            code: 'refused',
            message: told`${current} is a link that leads out of the folder of the download`,
            permanent: true,
          })
        }
      }
    } catch (error) {
      throw diskError(error, folder) ?? error
    }
    this.#known.add(folder)
  }
}
