import {lstat, mkdir} from 'node:fs/promises'
import path from 'node:path'
import type {ArchiveKind} from './archive-kind.js'
import type {ExtractionBudget} from './budget.js'
import {decompress} from './decompress.js'
import {ArchiveProblem, pathInside} from './entry-names.js'
import {readTar} from './read-tar.js'
import {readZip} from './read-zip.js'
import {Staging} from './staging.js'

/** An archive, and the folder that holds what was in it. */
export interface StagedArchive {
  /** Path below the directory of the request. */
  archive: string
  /** Where its entries belong: the folder that it lies in, below the directory of the request; empty for that itself. */
  folder: string
  staging: Staging
}

export interface StageRequest {
  directory: string
  archive: string
  kind: ArchiveKind
  /** Absolute; is made. */
  stagingFolder: string
  budget: ExtractionBudget
  signal: AbortSignal
}

/** @throws {ArchiveProblem} when the archive is refused or damaged */
export async function stageArchive(request: StageRequest): Promise<StagedArchive> {
  const {directory, archive, kind, stagingFolder, budget, signal} = request
  const file = pathInside(directory, archive)
  const facts = await lstat(file)
  if (!facts.isFile()) throw new ArchiveProblem('it is not a file')
  await mkdir(stagingFolder)
  const staging = new Staging(stagingFolder, budget)
  const count = budget.ofArchive(facts.size)
  const content = () => counted(decompress({file, compression: kind.compression, signal}), {count, signal})
  if (kind.container === 'zip') await readZip({file, staging, count, signal})
  else if (kind.container === 'tar') await readTar(content(), staging)
  else {
    const name = path.basename(archive).slice(0, -kind.ending.length)
    await stageSingle(content(), {staging, name, mode: facts.mode, modifiedAt: facts.mtime})
  }
  const folder = path.dirname(path.relative(directory, file))
  return {archive, folder: folder === '.' ? '' : folder, staging}
}

async function stageSingle(
  content: AsyncIterable<Uint8Array>,
  {staging, ...facts}: {staging: Staging; name: string; mode: number; modifiedAt: Date},
): Promise<void> {
  const file = await staging.file(facts)
  try {
    for await (const chunk of content) await file.write(chunk)
    await file.end()
  } finally {
    await file.discard()
  }
}

async function* counted(
  content: AsyncIterable<Uint8Array>,
  {count, signal}: {count: (bytes: number) => void; signal: AbortSignal},
): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    signal.throwIfAborted()
    count(chunk.length)
    yield chunk
  }
}
