import type {ReleaseFile, TransferProgress} from '../../model/bank.js'

const intervalMs = 200

/** Counts what has come, and tells it not too often. */
export class Progress {
  readonly #tell: (progress: TransferProgress) => void
  readonly #filesTotal: number
  readonly #bytesTotal: number | null
  #filesDone = 0
  #bytesOfDone = 0
  #bytesOfCurrent = 0
  #toldMs = Number.NEGATIVE_INFINITY
  #timer: NodeJS.Timeout | undefined

  constructor(files: readonly ReleaseFile[], tell: (progress: TransferProgress) => void) {
    this.#tell = tell
    this.#filesTotal = files.length
    this.#bytesTotal = files.some(({size}) => size === null)
      ? null
      : files.reduce((total, {size}) => total + (size ?? 0), 0)
  }

  add(bytes: number): void {
    this.#bytesOfCurrent += bytes
    this.#soon()
  }

  /** The attempt does not count; the next one may go on where it stood, and tells so itself. */
  fileFailed(): void {
    this.#bytesOfCurrent = 0
    this.#soon()
  }

  fileDone(size: number): void {
    this.#filesDone++
    this.#bytesOfDone += size
    this.#bytesOfCurrent = 0
    if (this.#filesDone === this.#filesTotal) this.#now()
    else this.#soon()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #soon(): void {
    if (this.#timer) return
    const leftMs = this.#toldMs + intervalMs - performance.now()
    if (leftMs <= 0) this.#now()
    else this.#timer = setTimeout(() => this.#now(), leftMs)
  }

  #now(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#toldMs = performance.now()
    const bytesDone = this.#bytesOfDone + this.#bytesOfCurrent
    this.#tell({
      filesDone: this.#filesDone,
      filesTotal: this.#filesTotal,
      bytesDone,
      // Sizes of listings may be rounded.
      bytesTotal: this.#bytesTotal === null ? null : Math.max(this.#bytesTotal, bytesDone),
    })
  }
}
