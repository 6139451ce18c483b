import {constants} from 'node:fs'
import {crc32} from 'node:zlib'
import {type Entry, openPromise, type ZipFile} from 'yauzl'
import {told} from '../told.js'
import {isSystemError} from './decompress.js'
import {ArchiveProblem} from './entry-names.js'
import type {EntryFacts, Staging} from './staging.js'

const longestLinkTarget = 4096

export interface ZipRequest {
  file: string
  staging: Staging
  /** Called with the bytes that come out, before they are written. */
  count: (bytes: number) => void
  signal: AbortSignal
}

/**
 * Puts the entries of a zip archive into a staging folder.
 *
 * @throws {ArchiveProblem} for what is not a zip archive, is damaged or encrypted, or has entries that are refused
 */
export async function readZip(request: ZipRequest): Promise<void> {
  let zip: ZipFile | undefined
  try {
    zip = await openPromise(request.file, {lazyEntries: true, autoClose: false, strictFileNames: true})
    for await (const entry of zip.eachEntry()) {
      request.signal.throwIfAborted()
      await readEntry(entry, {...request, zip})
    }
  } catch (error) {
    request.signal.throwIfAborted()
    if (error instanceof ArchiveProblem || isSystemError(error)) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new ArchiveProblem(told`it is not a zip archive, or damaged: ${why}`, {cause: error})
  } finally {
    zip?.close()
  }
}

type OpenZip = ZipRequest & {zip: ZipFile}

async function readEntry(entry: Entry, request: OpenZip): Promise<void> {
  const {staging} = request
  const mode = unixMode(entry)
  const facts = {
    name: entry.fileName,
    mode: mode === undefined ? undefined : mode & 0o777,
    modifiedAt: entry.getLastModDate(),
  }
  if (entry.isEncrypted()) throw new ArchiveProblem(told`it is encrypted: ${entry.fileName}`)
  const kind = mode === undefined ? 0 : mode & constants.S_IFMT
  if (entry.fileName.endsWith('/') || kind === constants.S_IFDIR) return await staging.directory(facts)
  if (!entry.canDecodeFileData()) {
    throw new ArchiveProblem(told`it is packed by a method that is not known here: ${entry.fileName}`)
  }
  if (kind === constants.S_IFLNK) return await readLink(entry, {request, facts})
  if (kind !== 0 && kind !== constants.S_IFREG) {
    throw new ArchiveProblem(told`it has an entry that is neither file, folder nor link: ${entry.fileName}`)
  }
  const file = await staging.file(facts)
  try {
    await readContent(entry, {request, take: chunk => file.write(chunk)})
    await file.end()
  } finally {
    await file.discard()
  }
}

async function readLink(entry: Entry, {request, facts}: {request: OpenZip; facts: EntryFacts}): Promise<void> {
  if (entry.uncompressedSize > longestLinkTarget) {
    throw new ArchiveProblem(told`it has a link with a target that is too long: ${entry.fileName}`)
  }
  const chunks: Uint8Array[] = []
  await readContent(entry, {request, take: async chunk => void chunks.push(chunk)})
  await request.staging.symbolicLink(facts, Buffer.concat(chunks).toString('utf8'))
}

async function readContent(
  entry: Entry,
  {request, take}: {request: OpenZip; take: (chunk: Uint8Array) => Promise<void>},
): Promise<void> {
  let sum = 0
  const content = await request.zip.openReadStreamPromise(entry)
  for await (const chunk of content as AsyncIterable<Buffer>) {
    request.signal.throwIfAborted()
    request.count(chunk.length)
    sum = crc32(chunk, sum)
    await take(chunk)
  }
  if (sum !== entry.crc32) throw new ArchiveProblem(told`it is damaged: the checksum of ${entry.fileName} is wrong`)
}

/** Undefined when the archive was not made on a system that has such modes. */
function unixMode({versionMadeBy, externalFileAttributes}: Entry): number | undefined {
  const mode = externalFileAttributes >>> 16
  const madeOnUnix = [3, 19].includes(versionMadeBy >> 8)
  return madeOnUnix && mode !== 0 ? mode : undefined
}
