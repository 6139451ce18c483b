import {BiomajError} from '../shared/errors.js'
import {Secret} from '../shared/secret.js'
import {type ChooseInput, currentOf, originOf} from './choose-cluster.js'
import {parseClusterUrl} from './cluster-url.js'
import type {Context} from './context-file.js'
import {accountOf, type StoredKind} from './credentials/credential-store.js'
import type {OpenCredentials} from './credentials/open-credentials.js'
import {variable} from './environment.js'

export interface TargetKey {
  source: 'environment' | StoredKind | 'none'
  /** The store's key is fetched at the first call and remembered; `undefined` if there is none. */
  load(): Promise<Secret | undefined>
}

/**
 * `BIOMAJ_APIKEY` belongs to the origin of `BIOMAJ_PROXY`; without it, of the context that `BIOMAJ_CONTEXT`
 * names; without it, of the current context; and only where there is none of these, of `--proxy`.
 */
export function environmentKey(
  {env, flags, contexts}: ChooseInput,
  origin: string,
): {key?: TargetKey; warning?: string} {
  const value = variable(env, 'BIOMAJ_APIKEY')
  if (value === undefined) return {}
  const secret = new Secret(value)
  // The error of the HTTP layer would come late and say less.
  if (!secret.fitsHeader) {
    throw new BiomajError({
      code: 'key_invalid',
      message: 'BIOMAJ_APIKEY holds a space, a control character or a letter outside ASCII',
      hint: 'Set it again without spaces and quotes, or unset it and run `biomaj login`.',
    })
  }
  const owner = ownerOfEnvironmentKey({env, contexts}) ?? (flags.proxy === undefined ? undefined : origin)
  if (owner === origin) return {key: {source: 'environment', load: async () => secret}}
  const bound = owner === undefined ? 'no cluster' : owner
  return {warning: `BIOMAJ_APIKEY belongs to ${bound} and was not sent to ${origin}; set BIOMAJ_PROXY to bind it there`}
}

function ownerOfEnvironmentKey({env, contexts}: Omit<ChooseInput, 'flags'>): string | undefined {
  const url = variable(env, 'BIOMAJ_PROXY')
  if (url !== undefined) return parseClusterUrl(url, 'BIOMAJ_PROXY').origin
  const named = variable(env, 'BIOMAJ_CONTEXT')
  if (named !== undefined) return originOf(contexts.get(named))
  const current = currentOf(contexts.read())
  return current && originOf(current)
}

/** The context's key, bound to the origin that is talked to. */
export function storedKey(url: URL, context: Context | undefined, credentials: OpenCredentials): TargetKey {
  const kind = context?.credentialStore ?? 'none'
  const user = context?.user
  if (kind === 'none' || user === undefined) return {source: 'none', load: async () => undefined}
  let loaded: Promise<Secret | undefined> | undefined
  return {
    source: kind,
    // The account is made of the origin that is talked to, not of the context's: no lookup can cross origins.
    load: () => (loaded ??= credentials(kind).get(accountOf(user, url))),
  }
}
