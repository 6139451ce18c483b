import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {createReadStream} from 'node:fs'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {setImmediate} from 'node:timers/promises'
import {createGunzip} from 'node:zlib'
import {XzReadableStream} from 'xz-decompress'
import {BiomajError} from '../../../shared/errors.js'
import {told} from '../told.js'
import {ArchiveProblem} from './entry-names.js'

export type Compression = 'none' | 'gzip' | 'bzip2' | 'xz'

export interface Compressed {
  file: string
  compression: Compression
  signal: AbortSignal
}

/** What a file holds, chunk by chunk; a chunk is at most 64 KiB or what the file system gives at once. */
export function decompress(compressed: Compressed): AsyncIterable<Uint8Array> {
  const {file, compression, signal} = compressed
  if (compression === 'gzip') return gunzip(compressed)
  if (compression === 'bzip2') return bunzip2(compressed)
  if (compression === 'xz') return unxz(compressed)
  return createReadStream(file, {signal})
}

async function* gunzip({file, signal}: Compressed): AsyncGenerator<Uint8Array> {
  const gunzipped = createGunzip({chunkSize: 64 * 1024})
  // Its failure, and a failure to read, come out of the iteration below.
  const fed = pipeline(createReadStream(file), gunzipped, {signal})
  const settled = fed.then(
    () => undefined,
    (error: unknown) => error,
  )
  try {
    yield* gunzipped as AsyncIterable<Uint8Array>
  } catch (error) {
    signal.throwIfAborted()
    throw damaged(error)
  } finally {
    gunzipped.destroy()
    await settled
  }
}

/** By the system's bzip2, in a process of its own: it takes several streams in one file, and much time. */
async function* bunzip2({file, signal}: Compressed): AsyncGenerator<Uint8Array> {
  const child = spawn('bzip2', ['-d', '-c'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {PATH: process.env['PATH'], LC_ALL: 'C'},
  })
  const ended = once(child, 'close') as Promise<[number | null, string | null]>
  const settled = ended.then(
    () => undefined,
    () => undefined,
  )
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (complaint.length < 1000) complaint += text
  })
  const fed = pipeline(createReadStream(file), child.stdin, {signal}).then(
    () => undefined,
    (error: unknown) => error,
  )
  try {
    yield* child.stdout as AsyncIterable<Uint8Array>
    const [code] = await ended
    if (code !== 0) throw new ArchiveProblem(told`bzip2 cannot read it: ${firstLine(complaint)}`)
    const failure = await fed
    if (failure !== undefined) throw failure
  } catch (error) {
    signal.throwIfAborted()
    if (isMissing(error)) throw noBzip2(error)
    throw error
  } finally {
    child.kill('SIGKILL')
    child.stdout.destroy()
    await settled
    await fed
  }
}

/** On our own thread, but never for longer than one chunk takes. */
async function* unxz({file, signal}: Compressed): AsyncGenerator<Uint8Array> {
  const source = Readable.toWeb(createReadStream(file, {signal, highWaterMark: 16 * 1024}))
  const reader = new XzReadableStream(source as ConstructorParameters<typeof XzReadableStream>[0]).getReader()
  try {
    for (;;) {
      const {done, value} = await reader.read()
      if (done) return
      yield value
      await setImmediate()
    }
  } catch (error) {
    signal.throwIfAborted()
    throw error instanceof ArchiveProblem ? error : damaged(error)
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

function damaged(error: unknown): Error {
  if (isSystemError(error)) return error
  const why = error instanceof Error ? error.message : String(error)
  return new ArchiveProblem(told`it is damaged: ${why}`, {cause: error})
}

/** Of the disk, not of the archive: zlib's own codes begin with Z. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

function isMissing(error: unknown): boolean {
  return isSystemError(error) && error.code === 'ENOENT' && error.syscall?.startsWith('spawn') === true
}

function noBzip2(cause: unknown): BiomajError {
  return new BiomajError({
    code: 'server_error',
    message: 'A .bz2 file cannot be extracted: bzip2 is not installed on this machine',
    hint: 'Install bzip2, then update again.',
    cause,
  })
}

function firstLine(text: string): string {
  return text.split('\n').find(line => line.trim() !== '') ?? 'it is damaged'
}
