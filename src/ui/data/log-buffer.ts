import {isOfWebService, parseLogLine} from '../../operations/log-line.js'
import {sanitise} from '../../shared/sanitise.js'

export type LogKind = 'error' | 'warning' | 'debug' | 'step' | 'plain' | 'mark'

/** A line of a log as it is shown. All of it is safe for a terminal. */
export interface LogEntry {
  kind: LogKind
  /** `09:17:38`, of the server; empty for a line that continues the one before, such as of a traceback. */
  time: string
  /** `2026-11-21`; empty where there is no time. */
  date: string
  message: string
}

const levels: ReadonlyArray<readonly [start: string, kind: LogKind]> = [
  ['ERR', 'error'],
  ['CRIT', 'error'],
  ['WARN', 'warning'],
  ['DEBUG', 'debug'],
]

/**
 * @param before the line before: what continues it is of its kind
 * @returns undefined for a line that says nothing of the run
 */
export function logEntry(text: string, before: LogEntry | undefined): LogEntry | undefined {
  const line = parseLogLine(text)
  if (isOfWebService(line)) return undefined
  const message = sanitise(line.message).trimEnd()
  if (line.time === undefined) {
    const goesOn = before?.kind === 'error' || before?.kind === 'warning'
    return {kind: goesOn ? before.kind : 'plain', time: '', date: '', message}
  }
  const kind = levels.find(([start]) => line.level?.startsWith(start))?.[1]
  return {
    kind: kind ?? (message.startsWith('Workflow:Start:') ? 'step' : 'plain'),
    time: line.time.slice(11, 19),
    date: line.time.slice(0, 10),
    message,
  }
}

/** The last lines of a log. Lines have numbers that they keep, also when earlier ones are gone. */
export class LogBuffer {
  readonly #capacity: number
  readonly #slots: LogEntry[] = []
  #next = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  /** Number of the oldest line that is still there. */
  get first(): number {
    return Math.max(0, this.#next - this.#capacity)
  }

  /** Number that the next line will have. */
  get next(): number {
    return this.#next
  }

  push(entry: LogEntry): void {
    this.#slots[this.#next % this.#capacity] = entry
    this.#next += 1
  }

  at(number: number): LogEntry | undefined {
    return number < this.first || number >= this.#next ? undefined : this.#slots[number % this.#capacity]
  }
}

/** Finds the text as it stands. */
export function searchPattern(text: string, flags: string): RegExp {
  return new RegExp(text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`), flags)
}

/** Numbers of the lines that match what is searched for; each line is looked at once. */
export class LogMatches {
  readonly #buffer: LogBuffer
  readonly #pattern: RegExp
  #numbers: number[] = []
  #lookedTo = 0

  /** @param query upper and lower case are the same */
  constructor(buffer: LogBuffer, query: string) {
    this.#buffer = buffer
    this.#pattern = searchPattern(query, 'iu')
  }

  /** In ascending order. */
  numbers(): readonly number[] {
    const {first, next} = this.#buffer
    const gone = this.#numbers.findIndex(number => number >= first)
    if (gone !== 0) this.#numbers = gone === -1 ? [] : this.#numbers.slice(gone)
    for (let number = Math.max(first, this.#lookedTo); number < next; number++) {
      const entry = this.#buffer.at(number)
      if (entry !== undefined && entry.kind !== 'mark' && this.#pattern.test(entry.message)) this.#numbers.push(number)
    }
    this.#lookedTo = next
    return this.#numbers
  }
}
