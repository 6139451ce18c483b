import {readFile, rename, rm, writeFile} from 'node:fs/promises'
import {mkdir} from 'node:fs/promises'
import path from 'node:path'
import type {ReleaseFile, SessionId} from '../../model/bank.js'
import {epochName} from './bank-log.js'

/** A file of a release on disk, as `copy` put it there. */
export interface LocalFile {
  /** Path below `flat/`. */
  name: string
  /** Bytes. */
  size: number
  modifiedMs: number
}

/**
 * What was listed and what was made of it, beside the database: `cache.dir/files_<session>` and `local_files_<session>`.
 * It may be lost at any time; then all files are fetched.
 */
export class FilesCache {
  readonly #directory: string

  constructor(cacheDirectory: string) {
    this.#directory = cacheDirectory
  }

  async putListed(session: SessionId, files: readonly ReleaseFile[]): Promise<void> {
    await this.#put(this.#listed(session), files)
  }

  /** Undefined when it is not known. */
  async listed(session: SessionId): Promise<ReleaseFile[] | undefined> {
    const text = await readText(this.#listed(session))
    if (text === undefined) return undefined
    const value = parsed(text)
    return Array.isArray(value) && value.every(isReleaseFile) ? value : undefined
  }

  async putLocal(session: SessionId, files: readonly LocalFile[]): Promise<void> {
    await this.#put(this.#local(session), files)
  }

  async forget(session: SessionId): Promise<void> {
    await rm(this.#listed(session), {force: true})
    await rm(this.#local(session), {force: true})
  }

  async #put(file: string, value: unknown): Promise<void> {
    await mkdir(this.#directory, {recursive: true})
    await writeFile(`${file}.new`, JSON.stringify(value))
    await rename(`${file}.new`, file)
  }

  #listed(session: SessionId): string {
    return path.join(this.#directory, `files_${epochName(session)}`)
  }

  #local(session: SessionId): string {
    return path.join(this.#directory, `local_files_${epochName(session)}`)
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // Somebody else's, or cut off: as good as lost.
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function isReleaseFile(value: unknown): value is ReleaseFile {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'saveAs' in value &&
    typeof value.saveAs === 'string' &&
    'size' in value &&
    'date' in value &&
    'hash' in value
  )
}
