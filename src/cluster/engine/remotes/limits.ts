/** What a remote side may cost. */
export interface RemoteLimits {
  /** Without a byte for so long, a transfer is given up (and tried again). */
  stallMs: number
  connectMs: number
  /** Of one directory. */
  listingBytes: number
  /** Of all directories that are listed for a bank. */
  entries: number
  directories: number
  /** How deep `**` goes. */
  depth: number
  /** Work for all patterns on all names of a bank, in steps. */
  patternSteps: number
}

export const defaultLimits: RemoteLimits = {
  stallMs: 60_000,
  connectMs: 60_000,
  listingBytes: 64 * 1024 * 1024,
  entries: 1_000_000,
  directories: 20_000,
  depth: 64,
  patternSteps: 500_000_000,
}
