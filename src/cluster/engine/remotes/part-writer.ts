import {createWriteStream, type WriteStream} from 'node:fs'
import {Writable} from 'node:stream'
import {finished} from 'node:stream/promises'

/** Taken from the other side before the disk has it. */
const mostPendingBytes = 4 * 1024 * 1024

/**
 * Writes behind what it is given. What its `sink` has taken gets into the file, also when whoever writes into the sink
 * breaks off: so a later attempt need not fetch it again.
 */
export class PartWriter {
  /** Takes the bytes; destroyed with the disk's error, if there is one. */
  readonly sink: Writable
  readonly #output: WriteStream
  readonly #written: Promise<void>

  /** @param onBytes told of each piece that was taken */
  constructor(file: string, {append, onBytes}: {append: boolean; onBytes: (bytes: number) => void}) {
    const output = createWriteStream(file, {flags: append ? 'a' : 'w', highWaterMark: mostPendingBytes})
    this.#output = output
    this.#written = finished(output)
    // Whoever closes the writer hears of it.
    this.#written.catch((error: unknown) => this.sink.destroy(error instanceof Error ? error : undefined))
    this.sink = new Writable({
      write(chunk: Buffer, _encoding, done) {
        onBytes(chunk.length)
        if (output.write(chunk)) done()
        else output.once('drain', () => done())
      },
    })
    // The disk may fail before anybody writes.
    this.sink.on('error', () => undefined)
  }

  /**
   * Resolves when the file has all that was taken.
   *
   * @throws the error of the disk
   */
  async close(): Promise<void> {
    this.#output.end()
    await this.#written
  }
}
