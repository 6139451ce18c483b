import type {Context} from '../../config/contexts.js'
import {BiomajError} from '../../shared/errors.js'
import {dropKey, keyAccount, sharingKey, whileDeleting} from './keep-key.js'
import type {AccountStores} from './stores.js'

/** What became of the key of a removed context. */
export type KeyFate = 'none' | 'deleted' | 'gone' | 'shared' | 'left'

/** Forgets a context and deletes its key, both or neither; a key that another context has too stays. */
export async function removeContext(
  context: Context,
  {contexts, credentials}: AccountStores,
  {keepKey}: {keepKey: boolean},
): Promise<KeyFate> {
  const account = keyAccount(context)
  const kind = context.credentialStore
  if (account === undefined || kind === 'none') {
    await contexts.remove(context.name)
    return 'none'
  }
  const shared = sharingKey(context, contexts).length > 1
  if (keepKey || shared) {
    await contexts.remove(context.name)
    return shared ? 'shared' : 'left'
  }
  try {
    const wasThere = await dropKey({store: credentials(kind), account}, async () => {
      await contexts.remove(context.name)
    })
    return wasThere ? 'deleted' : 'gone'
  } catch (thrown) {
    const error = whileDeleting(thrown, context)
    if (!(error instanceof BiomajError) || error.code !== 'keychain_unavailable') throw error
    throw new BiomajError({
      code: error.code,
      message: error.message,
      hint: 'Try again when the keychain answers, or forget the context alone with --keep-key.',
      details: error.details,
      cause: error,
    })
  }
}
