import type {Readable, Writable} from 'node:stream'
import type {Clock} from '../shared/clock.js'
import type {Foreground} from '../shared/foreground.js'

export interface InputStream extends Readable {
  isTTY?: boolean
}

export interface OutputStream extends Writable {
  isTTY?: boolean
  columns?: number
  rows?: number
}

/**
 * All that a command may know of the process it runs in. Built once, in `start.ts`, and by tests from buffers: nothing
 * below reads `process` on its own.
 */
export interface Runtime {
  env: Readonly<Record<string, string | undefined>>
  platform: NodeJS.Platform
  home: string
  cwd: string
  stdin: InputStream
  stdout: OutputStream
  stderr: OutputStream
  /** Aborted by the first Ctrl-C or SIGTERM, with a `BiomajError` `interrupted` or `terminated` as its reason. */
  signal: AbortSignal
  /**
   * How long the process may take to end after that; 1 s unless somebody has something left to put in order. Once the
   * signal is aborted, the time begins anew with the call.
   */
  allowAfterInterrupt(ms: number): void
  /** For commands that have the terminal for themselves. */
  foreground: Foreground
  clock: Clock
  /** Wall clock. */
  date(): Date
  /** Script of the keychain's child process. */
  keychainChild: string
}
