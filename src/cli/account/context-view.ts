import type {Context} from '../../config/contexts.js'
import type {StoredKind} from '../../config/credentials/credential-store.js'
import type {OpenCredentials} from '../../config/credentials/open-credentials.js'
import type {Column} from '../../presentation/columns.js'
import {BiomajError} from '../../shared/errors.js'

/** A context as `--json` shows it; the same in every command. */
export interface ContextJson {
  name: string
  current: boolean
  url: string
  user: string | null
  email: string | null
  credentialStore: Context['credentialStore']
  /** The real store in words; null when no key is kept. */
  keyKeptIn: string | null
  allowHttp: boolean
  insecureTls: boolean
  caFile: string | null
  readOnly: boolean
}

export interface ContextView {
  current: string | undefined
  credentials: OpenCredentials
}

export function contextJson(context: Context, {current, credentials}: ContextView): ContextJson {
  const {name, url, user, email, credentialStore, allowHttp, insecureTls, caFile, readOnly} = context
  return {
    name,
    current: name === current,
    url,
    user: user ?? null,
    email: email ?? null,
    credentialStore,
    keyKeptIn: credentialStore === 'none' ? null : backendOf(credentialStore, credentials),
    allowHttp,
    insecureTls: insecureTls ?? false,
    caFile: caFile ?? null,
    readOnly: readOnly ?? false,
  }
}

/** Where a key is, in the words of the store that has it. */
export function backendOf(kind: StoredKind, credentials: OpenCredentials): string {
  try {
    return credentials(kind).backend
  } catch (error) {
    // A list of contexts that came from another system is still worth showing.
    if (error instanceof BiomajError) return `${kind} (not on this system)`
    throw error
  }
}

/** Notes have a column only if there are any. */
export function contextColumns(contexts: readonly ContextJson[]): ReadonlyArray<Column<ContextJson>> {
  const notes = contexts.some(context => settingsOf(context).length > 0)
  return [
    {title: '', cell: ({current}) => (current ? '*' : '')},
    {title: 'NAME', cell: ({name}) => name},
    {title: 'URL', cell: ({url}) => url},
    {title: 'USER', cell: ({user}) => user ?? '-'},
    {title: 'KEY', cell: ({credentialStore}) => shortStore[credentialStore]},
    ...(notes ? [{title: 'NOTES', cell: (context: ContextJson) => notesOf(context).join(', ')}] : []),
  ]
}

const shortStore: Readonly<Record<Context['credentialStore'], string>> = {
  keychain: 'keychain',
  'session-keyring': 'this boot only',
  file: 'plain file',
  none: 'logged out',
}

function notesOf({allowHttp, insecureTls, caFile, readOnly}: ContextJson): string[] {
  return [
    ...(readOnly ? ['read-only'] : []),
    ...(allowHttp ? ['http'] : []),
    ...(insecureTls ? ['unchecked TLS'] : []),
    ...(caFile === null ? [] : ['own CA']),
  ]
}

/** What is unusual about how a context's cluster is talked to. */
export function settingsOf({
  allowHttp,
  insecureTls,
  caFile,
  readOnly,
}: Pick<ContextJson, 'allowHttp' | 'insecureTls' | 'caFile' | 'readOnly'>): string[] {
  return [
    ...(readOnly ? ['read-only'] : []),
    ...(allowHttp ? ['http allowed'] : []),
    ...(insecureTls ? ['certificate not checked'] : []),
    ...(caFile === null ? [] : [`CA ${caFile}`]),
  ]
}

export function userText({user, email}: {user: string | null; email: string | null}): string {
  return `${user ?? 'unknown'}${email === null ? '' : ` <${email}>`}`
}

/** What to worry about with a store, each time that it is shown. */
export function storeWarning(kind: Context['credentialStore']): string | undefined {
  return kind === 'file' ? 'The key is not encrypted: whoever reads your files can use it' : undefined
}
