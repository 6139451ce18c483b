import {readFileSync, readdirSync} from 'node:fs'
import path from 'node:path'

/** What the run of a bank was about when its cluster died. `begin` and `over` are what comes before and after. */
export type Phase = 'queue' | 'begin' | 'download' | 'work' | 'publish' | 'over'

/** The phases that are aimed at; `work` is extraction, copying and processes. */
export const aims = ['queue', 'download', 'work', 'publish'] as const
export type Aim = (typeof aims)[number]

const beginnings: readonly (readonly [Phase, RegExp])[] = [
  ['begin', /^(\S+ \S+) .*Workflow:Start$/m],
  ['download', /^(\S+ \S+) .*Workflow:Start:download$/m],
  ['work', /^(\S+ \S+) .*Workflow:wf_checksum$/m],
  ['publish', /^(\S+ \S+) .*Workflow:Start:publish$/m],
  ['over', /^(\S+ \S+) .*Workflow:Start:over$/m],
]

export function phaseOf(log: string): Phase {
  return beginnings.findLast(([, line]) => line.test(log))?.[0] ?? 'queue'
}

/** How long each phase of a whole run took, by the times in its log, in milliseconds; at least one. */
export function durationsMs(log: string, askedAtMs: number): Record<Aim, number> {
  const at = Object.fromEntries(
    beginnings.map(([phase, line]) => {
      const time = line.exec(log)?.[1]
      if (time === undefined) throw new Error(`The log does not come to ${phase}:\n${log}`)
      return [phase, Date.parse(`${time.replace(' ', 'T').replace(',', '.')}Z`)]
    }),
  ) as Record<Exclude<Phase, 'queue'>, number>
  return {
    queue: Math.max(1, at.begin - askedAtMs),
    download: Math.max(1, at.work - at.download),
    work: Math.max(1, at.publish - at.work),
    publish: Math.max(1, at.over - at.publish),
  }
}

/** The logs of a bank's runs as they are on disk, read without waiting: what is looked for may last a millisecond. */
export class RunLogs {
  readonly #folder: string
  readonly #bank: string

  constructor(root: string, bank: string) {
    this.#folder = path.join(root, 'log', bank)
    this.#bank = bank
  }

  /** Names of the runs, the newest last. */
  names(): string[] {
    return valueOr([], () => readdirSync(this.#folder)).toSorted((a, b) => Number(a) - Number(b))
  }

  /** The log of the first run that is not one of those; empty before it begins. */
  textOfNext(known: ReadonlySet<string>): string {
    const name = this.names().find(run => !known.has(run))
    if (name === undefined) return ''
    return valueOr('', () => readFileSync(path.join(this.#folder, name, `${this.#bank}.log`), 'utf8'))
  }
}

/** Folder and file come to be while they are looked for. */
function valueOr<Value>(missing: Value, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return missing
    throw error
  }
}
