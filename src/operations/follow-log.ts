import type {LogsResource} from '../api/resources/logs.js'
import type {RequestOptions} from '../api/transport.js'

const window = 500

/**
 * The lines of a growing log, from polled tails. The cluster serves only the last N lines and no offset, so what is
 * new is found by laying each tail over the one before. When more than a whole window was written in between, the
 * gap is told.
 */
export class LogFollower {
  #previous: string[] = []
  #first = true

  /**
   * Lines that the newest tail adds.
   *
   * @returns `gap` when lines between the two tails were missed
   */
  next(tail: readonly string[]): {lines: string[]; gap: boolean} {
    const known = overlap(this.#previous, tail)
    const gap = !this.#first && this.#previous.length > 0 && known === 0 && tail.length >= window
    this.#previous = [...tail]
    this.#first = false
    return {lines: tail.slice(known), gap}
  }
}

/** Length of the longest end of `before` that is a beginning of `after`. */
export function overlap(before: readonly string[], after: readonly string[]): number {
  for (let length = Math.min(before.length, after.length); length > 0; length--) {
    const offset = before.length - length
    let index = length - 1
    while (index >= 0 && before[offset + index] === after[index]) index--
    if (index < 0) return length
  }
  return 0
}

export interface FollowOptions extends RequestOptions {
  /** Lines of the past to begin with. */
  lines: number
}

/** One poll: the last lines of the log, as many as a window holds. */
export async function readWindow(logs: LogsResource, bank: string, options: RequestOptions): Promise<string[]> {
  const lines: string[] = []
  for await (const line of logs.tail(bank, {lines: window, ...options})) lines.push(line)
  return lines
}
