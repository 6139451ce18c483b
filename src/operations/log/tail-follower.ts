import type {RequestOptions} from '../../api/transport.js'
import {readLog, type WatchedCluster} from '../wait/evidence.js'
import type {LogNews, LogSource} from './log-source.js'

// Lines that the log is recognised by, and the fewest that are asked for.
const window = 500
// What 5,000 lines a second leave between two polls, and some more.
const largestWindow = 32_000

/**
 * The growing log of a bank, from polled tails. The cluster serves only the last lines of the last run's log, and no
 * offset, so what is new is found by laying each tail over the one before.
 */
export class TailFollower implements LogSource {
  readonly #cluster: Pick<WatchedCluster, 'logs'>
  readonly #bank: string
  /** The end of what is known. */
  #known: string[] = []
  /** Lines of the whole log, while it is shorter than what is asked for. */
  #length: number | undefined
  #size = window

  constructor(cluster: Pick<WatchedCluster, 'logs'>, bank: string) {
    this.#cluster = cluster
    this.#bank = bank
  }

  async begin(options: RequestOptions & {lines: number}): Promise<string[]> {
    const {lines} = options
    const tail = await readLog(this.#cluster, this.#bank, {
      ...options,
      lines: lines === 0 ? 0 : Math.max(lines, window),
    })
    this.#remember(tail, lines === 0 || tail.length < Math.max(lines, window))
    return lines === 0 ? tail : tail.slice(-lines)
  }

  async poll(options: RequestOptions): Promise<LogNews> {
    for (let size = this.#size; ; size = Math.min(size * 4, largestWindow)) {
      const tail = await readLog(this.#cluster, this.#bank, {...options, lines: size})
      const isWhole = tail.length < size
      const start = this.#newFrom(tail, isWhole)
      if (start === 0 && this.#known.length > 0 && !isWhole && size < largestWindow) continue
      const follows = this.#known.length > 0 && start === 0
      const lines = tail.slice(start)
      this.#remember(tail, isWhole)
      // As much as came this time may come the next time too.
      this.#size = Math.max(window, Math.min(lines.length * 2, largestWindow))
      return {lines, gap: follows && !isWhole, newLog: follows && isWhole}
    }
  }

  #remember(tail: readonly string[], isWhole: boolean): void {
    this.#known = tail.slice(-window)
    this.#length = isWhole ? tail.length : undefined
  }

  /** Index of the first line that is new; 0 when nothing of the tail is known. */
  #newFrom(tail: readonly string[], isWhole: boolean): number {
    // Equal lines in a row cannot be told apart; where both looks saw the whole log, their number can.
    if (isWhole && this.#length !== undefined && this.#endsAt(tail, this.#length))
      return this.#resumeAt(tail, this.#length)
    for (let end = tail.length; end > 0; end--) {
      if (this.#endsAt(tail, end)) return this.#resumeAt(tail, end)
    }
    return 0
  }

  /** Whether the known lines end with the first `end` lines of the tail. */
  #endsAt(tail: readonly string[], end: number): boolean {
    if (end > tail.length) return false
    const length = Math.min(end, this.#known.length)
    for (let back = 1; back <= length; back++) {
      const known = this.#known.at(-back)
      const line = tail[end - back]
      // The last line may have been read while it was being written.
      const grown = back === 1 && known !== undefined && known !== '' && line?.startsWith(known) === true
      if (known !== line && !grown) return false
    }
    return length > 0
  }

  #resumeAt(tail: readonly string[], end: number): number {
    return tail[end - 1] === this.#known.at(-1) ? end : end - 1
  }
}
