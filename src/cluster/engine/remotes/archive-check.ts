import {crc32} from 'node:zlib'
import {Parser} from 'tar'
import {type Entry, openPromise, type ZipFile} from 'yauzl'
import {BiomajError} from '../../../shared/errors.js'
import {decompress, isSystemError} from '../archives/decompress.js'
import {archiveKind} from '../archives/index.js'
import {messageOf} from './remote-error.js'

/**
 * Why an archive cannot be whole, or undefined when it can, or is none by its name. Everything is unpacked once, and
 * nothing is kept of it.
 */
export async function archiveProblem(file: string, name: string, signal: AbortSignal): Promise<string | undefined> {
  const kind = archiveKind(name)
  if (!kind) return undefined
  try {
    if (kind.container === 'zip') await readZip(file, signal)
    else {
      const content = decompress({file, compression: kind.compression, signal})
      await (kind.container === 'tar' ? readTar(content) : readAll(content))
    }
    return undefined
  } catch (error) {
    signal.throwIfAborted()
    // The disk, or a program that is missing, is no fault of the archive.
    if (error instanceof BiomajError || isSystemError(error)) throw error
    return messageOf(error)
  }
}

async function readAll(content: AsyncIterable<Uint8Array>): Promise<void> {
  const chunks = content[Symbol.asyncIterator]()
  while ((await chunks.next()).done !== true);
}

async function readTar(content: AsyncIterable<Uint8Array>): Promise<void> {
  let problem: Error | undefined
  let bytes = 0
  const parser = new Parser({
    strict: true,
    zstd: false,
    brotli: false,
    onReadEntry: entry => {
      entry.resume()
    },
  })
  parser.on('error', (error: Error) => {
    problem ??= error
  })
  for await (const chunk of content) {
    bytes += chunk.length
    parser.write(Buffer.from(chunk))
    if (problem) throw problem
  }
  parser.end()
  if (problem) throw problem
  if (bytes === 0) throw new Error('it is empty')
}

async function readZip(file: string, signal: AbortSignal): Promise<void> {
  // Names are none of our business here: nothing is written.
  const zip = await openPromise(file, {lazyEntries: true, autoClose: false, decodeStrings: false})
  try {
    for await (const entry of zip.eachEntry()) {
      signal.throwIfAborted()
      // What is encrypted, or packed by a method that is not known, cannot be looked into.
      if (!entry.isEncrypted() && entry.canDecodeFileData()) await readEntry(zip, entry)
    }
  } finally {
    zip.close()
  }
}

async function readEntry(zip: ZipFile, entry: Entry): Promise<void> {
  let sum = 0
  for await (const chunk of await zip.openReadStreamPromise(entry)) sum = crc32(chunk as Buffer, sum)
  if (sum !== entry.crc32) throw new Error('the checksum of an entry is wrong')
}
