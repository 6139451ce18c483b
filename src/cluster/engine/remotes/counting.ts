import {Transform} from 'node:stream'

/** Passes everything on and tells how much. */
export function counting(onBytes: (bytes: number) => void): Transform {
  return new Transform({
    readableHighWaterMark: 1024 * 1024,
    writableHighWaterMark: 1024 * 1024,
    transform(chunk: Buffer, _encoding, done) {
      onBytes(chunk.length)
      done(null, chunk)
    },
  })
}
