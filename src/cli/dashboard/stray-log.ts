import {appendFileSync, mkdirSync, statSync} from 'node:fs'
import path from 'node:path'

const mostBytes = 1_048_576
const mostKept = 20

/**
 * Where messages go that would destroy the screen: warnings of Node and of libraries. A file that is only made when
 * there is something to tell, and begins anew after 1 MB.
 */
export class StrayLog {
  readonly file: string
  /** Something was written in this session. */
  isUsed = false
  /** The last lines, if the file cannot be written. */
  readonly kept: string[] = []
  readonly #date: () => Date
  #bytes = 0

  constructor({directory, date}: {directory: string; date: () => Date}) {
    this.file = path.join(directory, 'dashboard.log')
    this.#date = date
  }

  readonly write = (text: string): void => {
    const entry = `${this.#date().toISOString()} ${text.trimEnd()}\n`
    this.#bytes += Buffer.byteLength(entry)
    if (this.#bytes > mostBytes) return
    try {
      if (!this.isUsed) mkdirSync(path.dirname(this.file), {recursive: true, mode: 0o700})
      const flag = !this.isUsed && sizeOf(this.file) > mostBytes ? 'w' : 'a'
      appendFileSync(this.file, entry, {mode: 0o600, flag})
      this.isUsed = true
    } catch {
      this.kept.push(entry.trimEnd())
      this.kept.splice(0, this.kept.length - mostKept)
    }
  }
}

function sizeOf(file: string): number {
  return statSync(file, {throwIfNoEntry: false})?.size ?? 0
}
