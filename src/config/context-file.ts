import {BiomajError} from '../shared/errors.js'
import {sanitise} from '../shared/sanitise.js'
import {parseClusterUrl} from './cluster-url.js'
import {quote, readPrivateFile} from './private-file.js'

const storeKinds = ['keychain', 'session-keyring', 'file', 'none'] as const

/** Where a context's key is kept: `session-keyring` is the kernel's, gone at the next boot at the latest. */
export type CredentialStoreKind = (typeof storeKinds)[number]

/** A cluster that this machine knows. Holds no secret. */
export interface Context {
  name: string
  /** As `formatClusterUrl` gives it. */
  url: string
  /** Whose key it is; present whenever `credentialStore` is not `none`. */
  user?: string
  email?: string
  credentialStore: CredentialStoreKind
  /** The user agreed to send the key over plain http. */
  allowHttp: boolean
  /** Absolute path of a PEM file with the certificate authority to trust. */
  caFile?: string
  /** The user agreed to go on without checking the cluster's certificate. */
  insecureTls?: boolean
  /** Nothing is sent to the cluster that could change it. */
  readOnly?: boolean
  /** It goes with the cluster that it was made for. */
  temporary?: TemporaryContext
}

export interface TemporaryContext {
  /** Process of the cluster. */
  pid: number
  /** What was current before this context was; none of that name may be left. */
  before?: string
}

export interface ContextFile {
  current: string | undefined
  contexts: ReadonlyMap<string, Context>
}

/** What is in the file, as `conf` writes it. */
export interface ContextFileJson {
  version: 1
  current?: string
  contexts: Record<string, Omit<Context, 'name'>>
}

/**
 * Reads and validates the file that `conf` wrote. Plain commands only read, and importing conf costs
 * them 28 ms even when bundled (it brings ajv), this 1 ms: so conf is loaded for writes alone.
 * An unknown field is an error, not ignored: a mistyped `allowHttp` or `caFile` must not be lost in silence.
 */
export function readContextFile(file: string): ContextFile {
  const text = readPrivateFile(file)
  if (text === undefined) return {current: undefined, contexts: new Map()}
  const reader = new Reader(file)
  const root = reader.object(reader.json(text), 'the file', ['version', 'current', 'contexts'])
  if (root['version'] !== 1) reader.fail(`"version" is not 1: a newer biomaj wrote it, or it is not ours`)
  const contexts = new Map<string, Context>()
  for (const [name, value] of Object.entries(reader.object(root['contexts'], '"contexts"'))) {
    if (!isContextName(name)) reader.fail(`${printable(name)} is not a name for a context`)
    contexts.set(name, reader.context(name, value))
  }
  const current = reader.optionalText(root['current'], '"current"')
  if (current !== undefined && !contexts.has(current)) reader.fail(`"current" names no context: ${printable(current)}`)
  return {current, contexts}
}

export function toContextFileJson({current, contexts}: ContextFile): ContextFileJson {
  const entries = [...contexts.values()].map(({name, ...rest}) => [name, rest] as const)
  return {version: 1, ...(current === undefined ? {} : {current}), contexts: Object.fromEntries(entries)}
}

/** Names are shown in tables, typed in shells and never start like a flag. */
export function isContextName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name)
}

/** @throws {BiomajError} `usage` for a name that no context can have */
export function requireContextName(name: string): void {
  if (isContextName(name)) return
  throw new BiomajError({
    code: 'usage',
    message: 'That is not a name for a context',
    hint: 'Use 1 to 63 letters, digits, dots, dashes and underscores, starting with a letter or digit.',
  })
}

const contextFields = [
  'url',
  'user',
  'email',
  'credentialStore',
  'allowHttp',
  'caFile',
  'insecureTls',
  'readOnly',
  'temporary',
]

class Reader {
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  fail(why: string, cause?: unknown): never {
    throw new BiomajError({
      code: 'config_invalid',
      message: `${this.#file} is not a valid list of contexts: ${why}`,
      hint: `Mend it in an editor, or start afresh: \`mv ${quote(this.#file)} ${quote(`${this.#file}.bad`)}\`.`,
      cause,
    })
  }

  json(text: string): unknown {
    try {
      return JSON.parse(text)
    } catch (error) {
      return this.fail('it is not JSON', error)
    }
  }

  object(value: unknown, where: string, allowed?: readonly string[]): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return this.fail(`${where} is not an object`)
    const unknownField = allowed && Object.keys(value).find(field => !allowed.includes(field))
    if (unknownField !== undefined) return this.fail(`${where} has the unknown field ${printable(unknownField)}`)
    return value as Record<string, unknown>
  }

  optionalText(value: unknown, where: string): string | undefined {
    if (value === undefined) return undefined
    return typeof value === 'string' && value !== '' ? value : this.fail(`${where} is not a text`)
  }

  optionalBoolean(value: unknown, where: string): boolean | undefined {
    return value === undefined || typeof value === 'boolean' ? value : this.fail(`${where} is neither true nor false`)
  }

  context(name: string, value: unknown): Context {
    const at = (field: string) => `"${field}" of "${name}"`
    const fields = this.object(value, `"${name}"`, contextFields)
    const url = this.optionalText(fields['url'], at('url')) ?? this.fail(`${at('url')} is missing`)
    const credentialStore = storeKinds.find(kind => kind === fields['credentialStore'])
    const user = this.optionalText(fields['user'], at('user'))
    const email = this.optionalText(fields['email'], at('email'))
    const caFile = this.optionalText(fields['caFile'], at('caFile'))
    const insecureTls = this.optionalBoolean(fields['insecureTls'], at('insecureTls'))
    const readOnly = this.optionalBoolean(fields['readOnly'], at('readOnly'))
    const temporary = this.#temporary(fields['temporary'], at('temporary'))
    if (credentialStore === undefined) this.fail(`${at('credentialStore')} is none of ${storeKinds.join(', ')}`)
    if (credentialStore !== 'none' && user === undefined) this.fail(`${at('user')} is missing`)
    this.#url(url, at('url'))
    return {
      name,
      url,
      ...(user === undefined ? {} : {user}),
      ...(email === undefined ? {} : {email}),
      credentialStore,
      allowHttp: this.optionalBoolean(fields['allowHttp'], at('allowHttp')) ?? false,
      ...(caFile === undefined ? {} : {caFile}),
      ...(insecureTls === undefined ? {} : {insecureTls}),
      ...(readOnly === undefined ? {} : {readOnly}),
      ...(temporary === undefined ? {} : {temporary}),
    }
  }

  #temporary(value: unknown, where: string): TemporaryContext | undefined {
    if (value === undefined) return undefined
    const {pid, before} = this.object(value, where, ['pid', 'before'])
    if (typeof pid !== 'number' || !Number.isInteger(pid)) this.fail(`"pid" in ${where} is not a whole number`)
    const name = this.optionalText(before, `"before" in ${where}`)
    return {pid, ...(name === undefined ? {} : {before: name})}
  }

  #url(text: string, where: string): void {
    try {
      parseClusterUrl(text, where)
    } catch (error) {
      this.fail(error instanceof BiomajError ? error.message : `${where} is not a URL`, error)
    }
  }
}

function printable(text: string): string {
  return `"${sanitise(text, {maxLength: 80})}"`
}
