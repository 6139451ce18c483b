import type {BankSource} from '../real-cluster/banks.ts'

/**
 * What goes wrong when a file is asked for: `refused` is HTTP 500 or FTP 451, `missing` is 404 or 550 (the listing still
 * names it), `truncated` cuts the connection half-way, `held` answers only after the mode changes.
 */
export type Failure = 'refused' | 'missing' | 'truncated' | 'held'

/** A server that BioMAJ downloads banks from. Paths start with `/`. */
export interface Upstream {
  /** What a bank's properties say to fetch this directory. */
  source(directory: string): BankSource
  /** Adds or replaces a file; its date is the release of a bank that has no release file. */
  put(file: string, content: string | Buffer, modified?: Date): Promise<void>
  remove(file: string): Promise<void>
  fail(file: string, failure: Failure): Promise<void>
  /** Ends a failure; a `held` file is delivered now. */
  heal(file: string): Promise<void>
  stop(): Promise<void>
}
