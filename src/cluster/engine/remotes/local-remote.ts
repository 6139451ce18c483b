import {createHash} from 'node:crypto'
import {createReadStream, constants} from 'node:fs'
import {copyFile, readdir, realpath, rm, stat, utimes} from 'node:fs/promises'
import path from 'node:path'
import {pipeline} from 'node:stream/promises'
import type {ReleaseFile} from '../../model/bank.js'
import {told} from '../told.js'
import {type RemoteEntry, ignored, localDate, nameProblem} from './entry.js'
import {isMissing, type PartFile} from './part-file.js'
import {type Fetched, type Remote, type RemoteContext, unsupported} from './remote.js'
import {codeOf, messageOf, RemoteError} from './remote-error.js'

const bufferBytes = 1024 * 1024

/** Files of this machine. */
export class LocalRemote implements Remote {
  readonly #context: RemoteContext
  /** Folders that have been listed, by their real path: links may lead back to them. */
  readonly #listed = new Set<string>()

  constructor(context: RemoteContext) {
    this.#context = context
  }

  async list(sub: string): Promise<RemoteEntry[]> {
    const directory = path.join(this.#context.access.directory, sub)
    let names: string[]
    try {
      const real = await realpath(directory)
      if (this.#listed.has(real)) {
        this.#context.onWarning(told`Ignored in the listing: "${directory}" leads to a folder that was listed before`)
        return []
      }
      this.#listed.add(real)
      names = await readdir(directory)
    } catch (error) {
      throw listingError(directory, error)
    }
    const entries: RemoteEntry[] = []
    for (const name of names) {
      const problem = nameProblem(name) ?? (name.includes('\uFFFD') ? 'it is not in UTF-8' : undefined)
      if (problem) this.#context.onWarning(ignored(name, problem))
      else {
        const entry = await this.#entry(path.join(directory, name), name)
        if (entry) entries.push(entry)
      }
    }
    return entries
  }

  async #entry(file: string, name: string): Promise<RemoteEntry | null> {
    this.#context.signal.throwIfAborted()
    try {
      const stats = await stat(file)
      const hash = createHash('md5')
        .update(`${name}${stats.mtimeMs / 1000}${stats.size}`)
        .digest('hex')
      if (!stats.isDirectory() && !stats.isFile()) {
        this.#context.onWarning(ignored(name, 'it is neither file nor folder'))
        return null
      }
      return {
        name,
        kind: stats.isDirectory() ? 'directory' : 'file',
        size: stats.size,
        date: localDate(stats.mtime),
        hash,
      }
    } catch (error) {
      const reason =
        isMissing(error) || codeOf(error) === 'ELOOP' ? 'it is a link that leads nowhere' : messageOf(error)
      this.#context.onWarning(ignored(name, reason))
      return null
    }
  }

  async fetch(
    file: ReleaseFile,
    part: PartFile,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<Fetched> {
    const source = path.join(this.#context.access.directory, file.name)
    const stats = await stat(source).catch((error: unknown) => {
      throw sourceError(source, error)
    })
    if (!stats.isFile()) throw sourceError(source, new Error('it is no file'))
    await part.discard()
    // Never a hard link: a release would change with a source that is written in place.
    if (await cloned(source, part.file)) onBytes(stats.size)
    else {
      const writer = await part.write({size: null, validator: null}, {append: false, onBytes})
      const input = createReadStream(source, {highWaterMark: bufferBytes})
      let failure: unknown
      input.on('error', error => (failure = sourceError(source, error)))
      try {
        await pipeline(input, writer.sink, {signal})
      } catch (error) {
        failure ??= error
      }
      await writer.close()
      if (failure !== undefined) throw failure
    }
    await utimes(part.file, stats.atime, stats.mtime)
    if ((await part.size()) !== stats.size) {
      throw new RemoteError({code: 'refused', message: told`${source} was changed while it was copied`})
    }
    return {modified: stats.mtime, checked: false}
  }

  async linkTarget(): Promise<'file' | 'directory' | null> {
    return Promise.reject(unsupported('list links'))
  }

  async describe(): Promise<ReleaseFile> {
    return Promise.reject(unsupported('describe files'))
  }

  async close(): Promise<void> {
    await Promise.resolve()
  }
}

/** A copy that shares its blocks, where the file system knows such. */
async function cloned(source: string, target: string): Promise<boolean> {
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE_FORCE)
    return true
  } catch {
    await rm(target, {force: true})
    return false
  }
}

function listingError(directory: string, error: unknown): RemoteError {
  return new RemoteError({
    code: 'refused',
    message: told`The folder ${directory} cannot be listed: ${reasonOf(error)}`,
    permanent: true,
    cause: error,
  })
}

function sourceError(file: string, error: unknown): RemoteError {
  return new RemoteError({
    code: 'refused',
    message: told`${file} cannot be read: ${reasonOf(error)}`,
    permanent: codeOf(error) !== 'EIO',
    cause: error,
  })
}

function reasonOf(error: unknown): string {
  const code = codeOf(error)
  if (code === 'ENOENT') return 'it does not exist'
  if (code === 'EACCES' || code === 'EPERM') return 'this is not allowed'
  if (code === 'ENOTDIR') return 'it is no folder'
  return messageOf(error)
}
