import {createHash} from 'node:crypto'
import {readFile, rename, rm, stat, writeFile} from 'node:fs/promises'
import path from 'node:path'
import {hasKeys} from './json.js'
import {PartWriter} from './part-writer.js'

/** What tells two versions of a remote file apart; a part is continued only when all of it is the same. */
export interface Version {
  /** Of the whole remote file, bytes. */
  size: number | null
  /** ETag or Last-Modified as the server wrote them, or the date of MDTM. */
  validator: string | null
}

const suffix = '.biomaj.part'
const longestNameBytes = 255
/** A smaller file is fetched anew sooner than a note about its part is written. */
const smallBytes = 1024 * 1024

/** Whether a file is what is left of a transfer that did not end: no part of any release. */
export function isPartial(file: string): boolean {
  return file.endsWith(suffix) || file.endsWith(`${suffix}.json`)
}

/**
 * A file that is being fetched, beside the place where it will be. What has been fetched of which version is kept in a
 * second file, so that another process can go on with it.
 */
export class PartFile {
  readonly target: string
  readonly file: string
  readonly #notes: string
  /** Whether there are notes on disk; undefined until somebody looked. */
  #isNoted: boolean | undefined

  constructor(target: string) {
    this.target = target
    const name = path.basename(target)
    const fits = Buffer.byteLength(name) + suffix.length + '.json'.length <= longestNameBytes
    const base = fits ? name : createHash('sha1').update(name).digest('hex')
    this.file = path.join(path.dirname(target), base + suffix)
    this.#notes = `${this.file}.json`
  }

  /** Bytes that are there of which version; null when there is nothing to go on with. */
  async begun(): Promise<{bytes: number; version: Version} | null> {
    try {
      // Most often there is none: without it the part says nothing.
      const version = versionOf(JSON.parse(await readFile(this.#notes, 'utf8')))
      this.#isNoted = true
      const {size: bytes} = await stat(this.file)
      return version && bytes > 0 ? {bytes, version} : null
    } catch (error) {
      if (isMissing(error)) this.#isNoted ??= false
      else if (!(error instanceof SyntaxError)) throw error
      return null
    }
  }

  async size(): Promise<number> {
    return (await stat(this.file)).size
  }

  /** Goes on after what is there, or begins anew. */
  async write(
    version: Version,
    {append, onBytes}: {append: boolean; onBytes: (bytes: number) => void},
  ): Promise<PartWriter> {
    await this.note(version)
    return new PartWriter(this.file, {append, onBytes})
  }

  async note(version: Version): Promise<void> {
    const {size, validator} = version
    // Without anything to compare, nobody could go on with it.
    const isWorthIt = size === null ? validator !== null : size >= smallBytes
    if (!isWorthIt) return await this.#forget()
    this.#isNoted = true
    await writeFile(this.#notes, JSON.stringify(version))
  }

  async #forget(): Promise<void> {
    if (this.#isNoted === false) return
    await rm(this.#notes, {force: true})
    this.#isNoted = false
  }

  async discard(): Promise<void> {
    await rm(this.file, {force: true})
    await rm(this.#notes, {force: true})
  }

  /** Puts the file in its place, in one step. */
  async complete(): Promise<void> {
    await rename(this.file, this.target)
    await this.#forget()
  }
}

function versionOf(notes: unknown): Version | null {
  if (!hasKeys(notes)) return null
  const {size, validator} = notes
  return {
    size: typeof size === 'number' ? size : null,
    validator: typeof validator === 'string' ? validator : null,
  }
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
