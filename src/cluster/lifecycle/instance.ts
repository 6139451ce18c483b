import {randomUUID} from 'node:crypto'
import {readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs'
import path from 'node:path'
import * as z from 'zod/mini'
import {makeFolder} from '../../shared/make-folder.js'
import {isRunning} from './process-identity.js'
import {removeTemporaryFolder} from './temporary-folder.js'

const instanceFile = z.object({
  version: z.literal(1),
  pid: z.number(),
  /** Of the process; null where the system does not tell. */
  started: z.nullable(z.string()),
  startedAt: z.string(),
  url: z.string(),
  port: z.number(),
  name: z.string(),
  /** Absolute; a temporary one for a cluster in memory. */
  dataDirectory: z.string(),
  memory: z.boolean(),
  logFile: z.string(),
  /** It outlives the terminal that started it. */
  detached: z.boolean(),
})

/** A cluster that serves. Holds no secret. */
export type Instance = z.infer<typeof instanceFile>

/**
 * Notes of running clusters: one in the data directory of each, and one in a folder that all clusters of a user share,
 * so that those in memory are found too. They inform; what keeps two clusters apart is the lock of the data directory.
 */
export class Instances {
  readonly #shared: string

  /** `shared` is a folder of the user; it is made when it is needed. */
  constructor(shared: string) {
    this.#shared = shared
  }

  write(instance: Instance): void {
    makeFolder(this.#shared, {mode: 0o700})
    for (const file of this.#filesOf(instance)) writeWhole(file, `${JSON.stringify(instance)}\n`)
  }

  /** Removes the notes, unless they have become those of a later cluster. */
  remove(instance: Instance): void {
    for (const file of this.#filesOf(instance)) {
      if (readInstance(file)?.pid === instance.pid) rmSync(file, {force: true})
    }
  }

  /** The clusters that run, by their start. What those left that were killed is removed. */
  running(): Instance[] {
    const found: Instance[] = []
    for (const name of namesIn(this.#shared)) {
      const file = path.join(this.#shared, name)
      const instance = readInstance(file)
      if (instance && isRunning(instance)) found.push(instance)
      else if (instance) forget(file, instance)
    }
    return found.toSorted((one, other) => (one.startedAt < other.startedAt ? -1 : 1))
  }

  #filesOf({pid, dataDirectory}: Instance): string[] {
    return [path.join(this.#shared, `${pid}.json`), path.join(dataDirectory, 'instance.json')]
  }
}

/** The cluster that serves this data directory now, whoever started it. */
export function instanceOf(dataDirectory: string): Instance | undefined {
  const instance = readInstance(path.join(dataDirectory, 'instance.json'))
  return instance && isRunning(instance) ? instance : undefined
}

/** A cluster in memory that was killed could not remove its folder. */
function forget(file: string, {memory, dataDirectory}: Instance): void {
  if (memory) removeTemporaryFolder(dataDirectory)
  rmSync(file, {force: true})
}

function readInstance(file: string): Instance | undefined {
  try {
    return z.parse(instanceFile, JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    // Gone, or written by something else: no running cluster is known by it.
    return undefined
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter(name => /^\d+\.json$/.test(name))
  } catch {
    // No cluster was ever started.
    return []
  }
}

function writeWhole(file: string, text: string): void {
  const temporary = `${file}.${randomUUID()}.tmp`
  writeFileSync(temporary, text, {mode: 0o600})
  renameSync(temporary, file)
}
