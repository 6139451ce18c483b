import {createReadStream} from 'node:fs'
import {Writable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {createGunzip} from 'node:zlib'
import {Parser} from 'tar'
import {codeOf, messageOf} from './remote-error.js'

const bufferBytes = 1024 * 1024

/**
 * Why an archive cannot be whole, or undefined when it can, or is none by its name. Everything is unpacked once, and
 * nothing is kept of it.
 */
export async function archiveProblem(file: string, name: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    if (/\.(tar\.gz|tgz)$/.test(name)) await pipeline(read(file), createGunzip(), tarSink(), {signal})
    else if (name.endsWith('.tar')) await pipeline(read(file), tarSink(), {signal})
    else if (name.endsWith('.gz')) await pipeline(read(file), createGunzip(), sink(), {signal})
    return undefined
  } catch (error) {
    signal.throwIfAborted()
    // The disk itself is no fault of the archive.
    if (/^(EIO|ENOENT|EACCES|EMFILE)$/.test(codeOf(error) ?? '')) throw error
    return messageOf(error)
  }
}

function read(file: string) {
  return createReadStream(file, {highWaterMark: bufferBytes})
}

function sink(): Writable {
  return new Writable({
    highWaterMark: bufferBytes,
    write(_chunk, _encoding, done) {
      done()
    },
  })
}

function tarSink(): Writable {
  const parser = new Parser({
    strict: true,
    onReadEntry: entry => {
      entry.resume()
    },
  })
  return new Writable({
    highWaterMark: bufferBytes,
    write(chunk: Buffer, _encoding, done) {
      parser.write(chunk)
      done()
    },
    final(done) {
      parser.once('end', () => done())
      parser.end()
    },
    construct(done) {
      parser.on('error', (error: Error) => this.destroy(error))
      done()
    },
  })
}
