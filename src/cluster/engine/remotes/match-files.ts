import type {ReleaseFile} from '../../model/bank.js'
import {type PatternBudget, PatternTooCostly, PythonRegex, stepsPerName} from '../patterns/python-regex.js'
import {told} from '../told.js'
import {ignored, type RemoteEntry} from './entry.js'
import type {RemoteLimits} from './limits.js'
import type {Remote} from './remote.js'
import {RemoteError} from './remote-error.js'

/** Everything below. */
const wholeTree = '**/*'
/** Names between two breaths for the rest of the process. */
const namesPerTurn = 2000

/**
 * The files that patterns choose, as BioMAJ chooses them: a pattern is cut at its slashes, and each part is matched
 * from the begin of a name, not to its end: first with directories, the last one with files. Names of files below a
 * directory come with their path and a slash before it. A file that several patterns choose comes once.
 *
 * Directories are listed when a pattern asks for them, each once.
 */
export async function matchFiles(
  patterns: readonly string[],
  {remote, limits, signal, onWarning}: MatchContext,
): Promise<ReleaseFile[]> {
  const matching = new Matching({remote, limits, signal, onWarning})
  await matching.match(patterns, '', 0)
  return await matching.result()
}

interface MatchContext {
  remote: Remote
  limits: RemoteLimits
  signal: AbortSignal
  onWarning: (line: string) => void
}

class Matching {
  readonly #context: MatchContext
  readonly #listings = new Map<string, RemoteEntry[]>()
  readonly #regexes = new Map<string, PythonRegex>()
  readonly #found = new Map<string, {file: ReleaseFile; kind: RemoteEntry['kind']}>()
  readonly #targets = new Map<string, 'file' | 'directory' | null>()
  readonly #budget: PatternBudget
  #entries = 0
  #names = 0

  constructor(context: MatchContext) {
    this.#context = context
    this.#budget = {steps: context.limits.patternSteps}
  }

  async match(patterns: readonly string[], directory: string, depth: number): Promise<void> {
    const {limits} = this.#context
    if (depth > limits.depth) {
      throw new RemoteError({
        code: 'refused',
        message: told`The remote folders are nested more than ${limits.depth} deep: ${directory}`,
        permanent: true,
      })
    }
    const entries = await this.#list(directory)
    for (const pattern of patterns) {
      if (!pattern.includes('/')) {
        for (const entry of entries) {
          if (entry.kind !== 'directory' && (await this.#matches(pattern, entry.name))) this.#add(entry, directory)
        }
        continue
      }
      const whole = pattern === wholeTree
      if (whole) for (const entry of entries) if (entry.kind !== 'directory') this.#add(entry, directory)
      const parts = pattern.split('/')
      const [first = '', ...rest] = parts[0] === '^' ? parts.slice(1) : parts
      for (const entry of entries) {
        if (entry.kind === 'file' || (!whole && !(await this.#matches(first, entry.name)))) continue
        const below = `${directory}/${entry.name}`
        if (entry.kind === 'link' && (await this.#targetOf(below)) !== 'directory') continue
        await this.match([whole ? wholeTree : rest.join('/')], below, depth + 1)
      }
    }
  }

  async result(): Promise<ReleaseFile[]> {
    const files: ReleaseFile[] = []
    for (const {file, kind} of this.#found.values()) {
      const target = kind === 'link' ? await this.#targetOf(`/${file.saveAs}`) : 'file'
      if (target === 'file') files.push(file)
      else if (target === null) this.#context.onWarning(ignored(file.name, 'it is a link that leads nowhere'))
    }
    return files
  }

  #add({name, kind, size, date, hash}: RemoteEntry, directory: string): void {
    const path = directory === '' ? name : `${directory}/${name}`
    if (this.#found.has(path)) return
    this.#found.set(path, {kind, file: {name: path, saveAs: path.replace(/^\//, ''), size, date, hash}})
  }

  async #targetOf(link: string): Promise<'file' | 'directory' | null> {
    const known = this.#targets.get(link)
    if (known !== undefined) return known
    this.#context.signal.throwIfAborted()
    const target = await this.#context.remote.linkTarget(link)
    this.#targets.set(link, target)
    return target
  }

  async #list(directory: string): Promise<RemoteEntry[]> {
    const {remote, limits, signal} = this.#context
    const known = this.#listings.get(directory)
    if (known) return known
    signal.throwIfAborted()
    if (this.#listings.size >= limits.directories) throw tooMuch(`${limits.directories} folders`)
    const entries = await remote.list(directory === '' ? '' : `${directory}/`)
    this.#entries += entries.length
    if (this.#entries > limits.entries) throw tooMuch(`${limits.entries} entries`)
    this.#listings.set(directory, entries)
    return entries
  }

  async #matches(pattern: string, name: string): Promise<boolean> {
    if (++this.#names % namesPerTurn === 0) {
      await new Promise(resolve => setImmediate(resolve))
      this.#context.signal.throwIfAborted()
    }
    const regex = this.#regexes.get(pattern) ?? new PythonRegex(pattern)
    this.#regexes.set(pattern, regex)
    const most = Math.min(stepsPerName, this.#budget.steps)
    const budget = {steps: most}
    try {
      return regex.match(name, budget) !== null
    } catch (error) {
      if (!(error instanceof PatternTooCostly)) throw error
      throw new RemoteError({
        code: 'config_invalid',
        message: told`The pattern "${pattern}" takes too much work on the name "${name}"`,
        hint: 'Write it so that there is one way only to match a name: without a repetition inside of a repetition.',
        permanent: true,
      })
    } finally {
      this.#budget.steps -= most - budget.steps
    }
  }
}

function tooMuch(what: string): RemoteError {
  return new RemoteError({
    code: 'response_too_large',
    message: `The remote side lists more than ${what}`,
    hint: 'Choose a folder further down with remote.dir, or fewer folders with remote.files.',
    permanent: true,
  })
}
