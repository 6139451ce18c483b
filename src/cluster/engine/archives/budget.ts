import {ArchiveProblem} from './entry-names.js'

/** What archives may grow to. */
export interface ExtractionLimits {
  /** Bytes of all that is extracted. */
  maxBytes: number
  /** How much larger than itself an archive may become; applies once it has given 16 MiB. */
  maxRatio: number
  /** Entries of all archives. */
  maxEntries: number
}

/** Below it, a bomb does no harm, and an honest file of zeros may be packed very well. */
const harmlessBytes = 16 * 1024 * 1024

/** Counts what the archives of one release have given, across all that are extracted at the same time. */
export class ExtractionBudget {
  readonly #limits: ExtractionLimits
  #bytes = 0
  #entries = 0

  constructor(limits: ExtractionLimits) {
    this.#limits = limits
  }

  get bytes(): number {
    return this.#bytes
  }

  /** @throws {ArchiveProblem} when there are too many */
  countEntry(): void {
    this.#entries += 1
    if (this.#entries > this.#limits.maxEntries) {
      throw new ArchiveProblem(`there are more than ${this.#limits.maxEntries} entries in the archives of this release`)
    }
  }

  /** @throws {ArchiveProblem} when it becomes too much */
  countBytes(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes > this.#limits.maxBytes) {
      throw new ArchiveProblem(`the release would grow beyond ${this.#limits.maxBytes} bytes`)
    }
  }

  /** Counts what comes out of one archive, whether it is kept or not. */
  ofArchive(archiveBytes: number): (bytes: number) => void {
    const {maxRatio} = this.#limits
    let unpacked = 0
    return bytes => {
      unpacked += bytes
      if (unpacked > harmlessBytes && unpacked > archiveBytes * maxRatio) {
        throw new ArchiveProblem(`it grows to more than ${maxRatio} times its size of ${archiveBytes} bytes`)
      }
    }
  }
}
