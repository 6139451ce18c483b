import {closeSync, mkdirSync, openSync, writeSync} from 'node:fs'
import path from 'node:path'
import type {Logger} from 'pino'
import {sanitise} from '../../../shared/sanitise.js'

const levels = {DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40} as const
type Level = keyof typeof levels

/**
 * The log of one run, `log.dir/<bank>/<epoch seconds>/<bank>.log`, in the format of Python's logging as BioMAJ sets it
 * up. Clients read it while the run goes on, so lines are written at once, each whole.
 */
export class BankLog {
  readonly file: string
  readonly #descriptor: number
  readonly #least: number
  readonly #now: () => number
  readonly #site: Logger
  #failed = false
  #closed = false

  /**
   * @param level `historic.logfile.level`; unknown ones are INFO
   */
  constructor({directory, bank, level, now, site}: BankLogOptions) {
    const folder = newFolder(directory, now())
    this.file = path.join(folder, `${bank}.log`)
    this.#descriptor = openSync(this.file, 'a', 0o644)
    this.#least = isLevel(level) ? levels[level] : levels.INFO
    this.#now = now
    this.#site = site
  }

  debug(message: string): void {
    this.#write('DEBUG', message)
  }

  info(message: string): void {
    this.#write('INFO', message)
  }

  warning(message: string): void {
    this.#write('WARNING', message)
  }

  error(message: string): void {
    this.#write('ERROR', message)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    closeSync(this.#descriptor)
  }

  #write(level: Level, message: string): void {
    if (levels[level] < this.#least || this.#closed) return
    // Names of remote files are in it: one that contains a line end must not forge a line.
    const line = `${timestamp(this.#now())} ${level.padEnd(5).slice(0, 5)} [root][MainThread] ${sanitise(message)}\n`
    try {
      writeSync(this.#descriptor, line)
      this.#failed = false
    } catch (error) {
      // A run goes on without its log; on a full disk the step itself will say so.
      if (!this.#failed) this.#site.error({err: error, file: this.file}, 'the log of a run cannot be written')
      this.#failed = true
    }
  }
}

export interface BankLogOptions {
  /** `log.dir/<bank>` */
  directory: string
  bank: string
  level: string
  /** Milliseconds since 1970. */
  now: () => number
  site: Logger
}

function isLevel(level: string): level is Level {
  return Object.hasOwn(levels, level)
}

/** A folder that was not there before: two runs may begin in the same instant. */
function newFolder(directory: string, nowMs: number): string {
  mkdirSync(directory, {recursive: true})
  for (let extra = 0; ; extra++) {
    const folder = path.join(directory, epochName((nowMs * 1000 + extra) / 1_000_000))
    try {
      mkdirSync(folder)
      return folder
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
  }
}

/** A number of seconds as Python's `str` writes it: `1768471200.6356308`, `1768471200.0`. */
export function epochName(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}.0` : String(seconds)
}

/** `2026-11-21 09:17:38,042`, in local time, as Python's logging writes it. */
function timestamp(ms: number): string {
  const date = new Date(ms)
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return `${day} ${time},${String(date.getMilliseconds()).padStart(3, '0')}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}
