import {Parser, type ReadEntry} from 'tar'
import {told} from '../told.js'
import {ArchiveProblem} from './entry-names.js'
import type {StagedFile, Staging} from './staging.js'

type Action = {do: 'entry'; entry: ReadEntry} | {do: 'data'; chunk: Uint8Array} | {do: 'end'}

const gzipMark = Buffer.from([0x1f, 0x8b])

/**
 * Puts the entries of a tar archive into a staging folder.
 *
 * The parser is fed one chunk at a time, and what it finds in it is written before it gets the next: memory holds no
 * more than a chunk.
 *
 * @throws {ArchiveProblem} for what is not a tar archive, is damaged, or has entries that are refused
 */
export async function readTar(source: AsyncIterable<Uint8Array>, staging: Staging): Promise<void> {
  const actions: Action[] = []
  const problems: Error[] = []
  const parser = new Parser({strict: true, zstd: false, brotli: false})
  parser.on('entry', (entry: ReadEntry) => {
    actions.push({do: 'entry', entry})
    entry.on('data', chunk => actions.push({do: 'data', chunk}))
    entry.on('end', () => actions.push({do: 'end'}))
  })
  parser.on('ignoredEntry', (entry: ReadEntry) => problems.push(unknownEntry(entry)))
  parser.on('error', (error: Error) => problems.push(damaged(error)))

  const writer = new EntryWriter(staging)
  const carryOut = async (feed: () => void) => {
    try {
      feed()
    } catch (error) {
      problems.push(damaged(error))
    }
    for (const action of actions.splice(0)) await writer.carryOut(action)
    const [problem] = problems
    if (problem) throw problem
  }
  try {
    for await (const chunk of withLongStart(source)) await carryOut(() => parser.write(Buffer.from(chunk)))
    await carryOut(() => parser.end())
  } finally {
    await writer.discard()
  }
}

/** The parser would take a gzip file for an archive of its own accord, and unpack it on our thread. */
async function* withLongStart(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let start: Uint8Array | null = new Uint8Array()
  for await (const chunk of source) {
    if (start === null) {
      yield chunk
      continue
    }
    start = Buffer.concat([start, chunk])
    if (start.length < gzipMark.length) continue
    if (gzipMark.equals(start.subarray(0, gzipMark.length))) throw new ArchiveProblem('it is packed twice')
    yield start
    start = null
  }
  if (start !== null) throw new ArchiveProblem('it is not a tar archive')
}

class EntryWriter {
  readonly #staging: Staging
  #file: StagedFile | undefined

  constructor(staging: Staging) {
    this.#staging = staging
  }

  async carryOut(action: Action): Promise<void> {
    switch (action.do) {
      case 'entry':
        return await this.#begin(action.entry)
      case 'data':
        return await this.#file?.write(action.chunk)
      case 'end': {
        const file = this.#file
        this.#file = undefined
        return await file?.end()
      }
    }
  }

  async discard(): Promise<void> {
    await this.#file?.discard()
  }

  async #begin(entry: ReadEntry): Promise<void> {
    const facts = {name: entry.path, mode: entry.mode, modifiedAt: entry.mtime}
    switch (entry.type) {
      case 'File':
      case 'OldFile':
      case 'ContiguousFile':
        // What older GNU tar makes of a file with holes is a map of it under this name, not the file.
        if (/(^|\/)GNUSparseFile\.\d+\//.test(entry.path)) throw unknownEntry(entry)
        this.#file = await this.#staging.file(facts)
        return
      case 'Directory':
        // The folder of the archive itself, as "tar -C folder ." writes it.
        return await this.#staging.directory(facts)
      case 'SymbolicLink':
        return await this.#staging.symbolicLink(facts, entry.linkpath ?? '')
      case 'Link':
        return await this.#staging.hardLink(facts, entry.linkpath ?? '')
      default:
        throw unknownEntry(entry)
    }
  }
}

function unknownEntry({path, type}: ReadEntry): ArchiveProblem {
  return new ArchiveProblem(told`it has an entry that is neither file, folder nor link: ${path} (${type})`)
}

function damaged(error: unknown): Error {
  const why = error instanceof Error ? error.message : String(error)
  return new ArchiveProblem(told`it is not a tar archive, or damaged: ${why}`, {cause: error})
}
