import {originOf} from '../../config/choose-cluster.js'
import {parseClusterUrl} from '../../config/cluster-url.js'
import type {Context, ContextStore} from '../../config/contexts.js'
import {accountOf, type CredentialStore} from '../../config/credentials/credential-store.js'
import {BiomajError} from '../../shared/errors.js'
import type {Secret} from '../../shared/secret.js'

/** The name of a context's key in its store; undefined if it has none. */
export function keyAccount(context: Context): string | undefined {
  if (context.credentialStore === 'none' || context.user === undefined) return undefined
  return accountOf(context.user, parseClusterUrl(context.url, `URL of context ${context.name}`))
}

/** The contexts, this one included, that have the same key in the same store: two paths at one origin share it. */
export function sharingKey(context: Context, contexts: Pick<ContextStore, 'list'>): Context[] {
  const account = keyAccount(context)
  if (account === undefined) return []
  return contexts
    .list()
    .filter(other => other.credentialStore === context.credentialStore && keyAccount(other) === account)
}

interface Keep {
  store: CredentialStore
  account: string
  key: Secret
}

/** Stores a key and then does what relies on it; when either fails, the store is as it was. */
export async function keepKey({store, account, key}: Keep, then: () => Promise<Context>): Promise<Context> {
  const before = await store.get(account)
  try {
    await store.set(account, key)
    return await then()
  } catch (error) {
    await putBack({store, account, before}, error)
    throw error
  }
}

/** Deletes a key and then does what relies on its absence; when that fails, the key is back. Gives whether there was one. */
export async function dropKey(
  {store, account}: Omit<Keep, 'key'>,
  then: () => Promise<void> = async () => undefined,
): Promise<boolean> {
  const before = await store.get(account)
  const wasThere = await store.delete(account)
  try {
    await then()
  } catch (error) {
    await putBack({store, account, before}, error)
    throw error
  }
  return wasThere
}

async function putBack(
  {store, account, before}: {store: CredentialStore; account: string; before: Secret | undefined},
  reason: unknown,
): Promise<void> {
  try {
    await (before ? store.set(account, before) : store.delete(account))
  } catch (error) {
    const said = reason instanceof Error ? reason.message : String(reason)
    throw new BiomajError({
      code: error instanceof BiomajError ? error.code : 'internal',
      message: `${said}; and the key of ${account} in the ${store.backend} could not be put back as it was`,
      hint: 'Run `biomaj login` again when both work.',
      cause: reason,
    })
  }
}

/** The keychain's usual hint tells how to log in without it, which is no help to somebody who logs out. */
export function whileDeleting(error: unknown, context: Context): unknown {
  if (!(error instanceof BiomajError) || error.code !== 'keychain_unavailable') return error
  return new BiomajError({
    code: error.code,
    message: `${error.message}; the key of ${context.user} at ${originOf(context)} stays there`,
    hint: 'Try again when it answers, or delete the entry "biomaj" with the keychain\'s own program.',
    details: error.details,
    cause: error,
  })
}
