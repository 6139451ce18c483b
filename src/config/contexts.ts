import path from 'node:path'
import {BiomajError} from '../shared/errors.js'
import {formatClusterUrl, parseClusterUrl} from './cluster-url.js'
import {
  type Context,
  type ContextFile,
  readContextFile,
  requireContextName,
  type TemporaryContext,
  toContextFileJson,
} from './context-file.js'
import {withFileLock} from './file-lock.js'
import {requireOwnDirectory, unusable} from './private-file.js'

export type {Context} from './context-file.js'

/**
 * The clusters that this machine knows, in `contexts.json` of the configuration directory (mode 0600 in 0700).
 * Reading is synchronous and cheap. Each change reads, changes and writes under a lock, so two
 * processes never lose each other's change. A file that is not ours or not sound is refused, never replaced.
 */
export class ContextStore {
  readonly file: string

  /** `directory` is `Paths.config`. */
  constructor(directory: string) {
    this.file = path.join(directory, 'contexts.json')
  }

  /** All contexts, by name, and the name of the current one. */
  read(): ContextFile {
    return readContextFile(this.file)
  }

  /** All contexts, in the order of their names. */
  list(): Context[] {
    return [...this.read().contexts.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Fails with `context_not_found` if there is none of that name. */
  get(name: string): Context {
    return requireContext(this.read(), name)
  }

  current(): Context | undefined {
    const {current, contexts} = this.read()
    return current === undefined ? undefined : contexts.get(current)
  }

  /**
   * Adds a context, or replaces the one of that name. It becomes the current one if `use` is set or it is the first.
   * Its URL is brought into its one form; `caFile` must be absolute. With `pid` it is a temporary one of that process,
   * which `removeTemporary` takes back. The result is what was stored.
   */
  async save(context: Context, {use = false, pid}: {use?: boolean; pid?: number | undefined} = {}): Promise<Context> {
    let stored = checked(context)
    await this.#change(({current, contexts}) => {
      if (pid !== undefined) {
        const before = current === stored.name ? contexts.get(current)?.temporary?.before : current
        stored = {...stored, temporary: {pid, ...(before === undefined ? {} : {before})}}
      }
      return {
        current: use || contexts.size === 0 ? stored.name : current,
        contexts: new Map([...contexts, [stored.name, stored]]),
      }
    })
    return stored
  }

  /** Forgets temporary contexts; where one of them is the current one, what was current before it is so again. */
  async removeTemporary(isOver: (temporary: TemporaryContext) => boolean): Promise<void> {
    await this.#change(({current, contexts}) => {
      const left = new Map([...contexts].filter(([, {temporary}]) => temporary === undefined || !isOver(temporary)))
      const leftOf = (name: string | undefined): string | undefined => {
        // An edited file may lead round in a circle.
        const seen = new Set<string>()
        let found = name
        while (found !== undefined && !left.has(found)) {
          if (seen.has(found)) return undefined
          seen.add(found)
          found = contexts.get(found)?.temporary?.before
        }
        return found
      }
      for (const [name, context] of left) left.set(name, withBefore(context, leftOf))
      return {current: leftOf(current), contexts: left}
    })
  }

  /** Makes a context the current one. */
  async use(name: string): Promise<Context> {
    const {contexts} = await this.#change(file => ({...file, current: requireContext(file, name).name}))
    return requireContext({contexts}, name)
  }

  /** Fails with `context_exists` if the new name is taken. The current context stays the current one. */
  async rename(name: string, newName: string): Promise<Context> {
    requireContextName(newName)
    const {contexts} = await this.#change(file => {
      const context = requireContext(file, name)
      if (file.contexts.has(newName)) {
        throw new BiomajError({
          code: 'context_exists',
          message: `There is a context "${newName}" already`,
          hint: `Remove it first: \`biomaj context remove ${newName}\`.`,
        })
      }
      const others = [...file.contexts].filter(([other]) => other !== name)
      return {
        current: file.current === name ? newName : file.current,
        contexts: new Map(
          [...others, [newName, {...context, name: newName}] as const].map(([key, one]) => [
            key,
            withBefore(one, before => (before === name ? newName : before)),
          ]),
        ),
      }
    })
    return requireContext({contexts}, newName)
  }

  /** Forgets a context and gives what it was; its key stays in its store until that is asked to delete it. */
  async remove(name: string): Promise<Context> {
    let removed: Context | undefined
    await this.#change(file => {
      removed = requireContext(file, name)
      return {
        current: file.current === name ? undefined : file.current,
        contexts: new Map([...file.contexts].filter(([other]) => other !== name)),
      }
    })
    return removed ?? unknownContext(name, [])
  }

  async #change(change: (file: ContextFile) => ContextFile): Promise<ContextFile> {
    const {default: Conf} = await import('conf')
    const directory = path.dirname(this.file)
    return withFileLock(this.file, () => {
      requireOwnDirectory(directory)
      const changed = change(this.read())
      try {
        const options = {cwd: directory, configName: 'contexts', projectName: 'biomaj', configFileMode: 0o600}
        new Conf<Record<string, unknown>>(options).store = {...toContextFileJson(changed)}
      } catch (error) {
        throw unusable('write', this.file, error)
      }
      return changed
    })
  }
}

/** A name for a cluster's context that the user did not name: its host, and its port if that is not the scheme's. */
export function suggestContextName(url: URL): string {
  const name = url.host.replaceAll(/[^A-Za-z0-9.-]+/g, '-').replaceAll(/^[.-]+|[.-]+$/g, '')
  return name === '' ? 'cluster' : name.slice(0, 63)
}

function checked(context: Context): Context {
  requireContextName(context.name)
  if (context.caFile !== undefined && !path.isAbsolute(context.caFile)) {
    throw new BiomajError({code: 'internal', message: `The CA file of a context must be absolute: ${context.caFile}`})
  }
  if (context.credentialStore !== 'none' && context.user === undefined) {
    throw new BiomajError({code: 'internal', message: `The context "${context.name}" has a key but no user`})
  }
  return {...context, url: formatClusterUrl(parseClusterUrl(context.url, 'URL of the context'))}
}

/** What was current before a temporary context may get another name, or be gone. */
function withBefore(context: Context, nameNow: (before: string) => string | undefined): Context {
  const {temporary} = context
  if (temporary?.before === undefined) return context
  const before = nameNow(temporary.before)
  return {...context, temporary: {pid: temporary.pid, ...(before === undefined ? {} : {before})}}
}

function requireContext({contexts}: Pick<ContextFile, 'contexts'>, name: string): Context {
  return contexts.get(name) ?? unknownContext(name, [...contexts.keys()])
}

function unknownContext(name: string, known: readonly string[]): never {
  throw new BiomajError({
    code: 'context_not_found',
    message: `There is no context ${JSON.stringify(name)}`,
    hint:
      known.length === 0
        ? 'None is known yet; add one with `biomaj login URL`.'
        : `Known: ${known.toSorted().slice(0, 10).join(', ')}${known.length > 10 ? ', … and more' : ''}.`,
    details: {context: name},
  })
}
