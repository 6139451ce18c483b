import type {BiomajClient} from '../../api/client.js'
import type {SessionLogPiece} from '../../api/contract/log.js'
import type {RequestOptions} from '../../api/transport.js'
import type {LogNews, LogSource} from './log-source.js'

const pieceBytes = 256 * 1024
// Where the last lines begin is found by looking back this far, then four times as far.
const firstLookBackBytes = 64 * 1024

/** The growing log of a bank on a cluster that serves logs by offset: each byte is fetched once, and none is missed. */
export class OffsetFollower implements LogSource {
  readonly #cluster: Pick<BiomajClient, 'additions'>
  readonly #bank: string
  #log: string | undefined
  #offset = 0

  constructor(cluster: Pick<BiomajClient, 'additions'>, bank: string) {
    this.#cluster = cluster
    this.#bank = bank
  }

  async begin({lines, ...options}: RequestOptions & {lines: number}): Promise<string[]> {
    const {sizeBytes} = await this.#piece(0, 1, options)
    for (let back = firstLookBackBytes; ; back *= 4) {
      const from = lines === 0 ? 0 : Math.max(0, sizeBytes - back)
      const read = await this.#readFrom(from, options)
      // What begins in the middle of a line is no line.
      const whole = from === 0 ? read : read.slice(1)
      if (from === 0 || whole.length >= lines) return lines === 0 ? whole : whole.slice(-lines)
    }
  }

  async poll(options: RequestOptions): Promise<LogNews> {
    const before = this.#log
    const lines = await this.#readFrom(this.#offset, options)
    if (this.#log === before) return {lines, gap: false, newLog: false}
    return {lines: await this.#readFrom(0, options), gap: false, newLog: before !== undefined}
  }

  async #readFrom(from: number, options: RequestOptions): Promise<string[]> {
    let text = ''
    let offset = from
    for (;;) {
      const piece = await this.#piece(offset, pieceBytes, options)
      // Another run began while this log was read: what it says comes with the next look.
      if (offset !== from && piece.log !== this.#log) break
      this.#log = piece.log
      text += piece.text
      if (piece.nextOffset === offset) break
      offset = piece.nextOffset
    }
    this.#offset = offset
    return linesOf(text)
  }

  async #piece(offset: number, limit: number, options: RequestOptions): Promise<SessionLogPiece> {
    return this.#cluster.additions.sessionLog(this.#bank, {session: 'last', offset, limit}, options)
  }
}

function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}
