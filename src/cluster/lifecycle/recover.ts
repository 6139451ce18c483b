import type {Logger} from 'pino'
import type {Queue} from '../queue/queue.js'
import type {Store} from '../store/store.js'
import type {Accounts} from '../user/accounts.js'

/**
 * Puts in order what a cluster that died has left. Whoever holds the data directory knows that no worker of it lives, so
 * every lease is ended: unfinished jobs are handed out again. What becomes of their banks is the update workers' affair.
 */
export async function recover({store, queue, log}: {store: Store; queue: Queue; log: Logger}): Promise<void> {
  const jobs = await queue.expire(() => true)
  for (const {id} of await store.services.list()) await store.services.leave(id)
  if (jobs > 0) log.info({jobs}, 'took up what the last run left')
}

export interface AdminKey {
  id: string
  key: string
}

/** Sees to it that a user exists, is an administrator and has this key. */
export async function ensureAdmin({id, key}: AdminKey, accounts: Accounts): Promise<void> {
  const known = await accounts.get(id)
  if (known === undefined) {
    await accounts.add({id, email: `${id}@localhost`, key, admin: true})
    return
  }
  if ((await accounts.byKey(key))?.id !== id) await accounts.setKey(id, key)
  if (!known.admin) await accounts.setAdmin(id, true)
}
