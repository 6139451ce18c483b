import {randomBytes} from 'node:crypto'
import {userInfo} from 'node:os'
import {formatClusterUrl, isLoopback, parseClusterUrl} from '../../config/cluster-url.js'
import type {Context} from '../../config/contexts.js'
import {accountOf} from '../../config/credentials/credential-store.js'
import {Secret} from '../../shared/secret.js'
import {keepKey, keyAccount, sharingKey} from '../account/keep-key.js'
import type {AccountStores} from '../account/stores.js'

/**
 * The key of a cluster of one's own is kept in the file of mode 0600, never in the keychain: whoever reads the files of
 * this user can open the cluster's database as well, so a keychain would protect nothing, and one that does not answer
 * would keep the cluster from starting.
 */
const storeKind = 'file'

/** Name of the user of this system, as an id that BioMAJ can have. */
export function systemUser(): string {
  let name: string
  try {
    name = userInfo().username
  } catch {
    // A container may run under a number without a name.
    name = ''
  }
  const plain = name.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replace(/^[.-]+/, '')
  return plain === '' ? 'biomaj' : plain
}

/** The key that the context of an earlier start has; otherwise a new one. */
export async function keyToOffer(name: string, user: string, {contexts, credentials}: AccountStores): Promise<Secret> {
  const context = contexts.read().contexts.get(name)
  const account = context && isOwn(context) && context.user === user ? keyAccount(context) : undefined
  const known = account === undefined ? undefined : await credentials(storeKind).get(account)
  return known ?? newLocalKey()
}

/** Without a dash: `--api-key -x` is no key to `biomaj-cli.py`, but an option. */
export function newLocalKey(): Secret {
  return new Secret(randomBytes(24).toString('hex'))
}

export interface LocalContext {
  name: string
  url: string
  user: string
  key: Secret
  /** Process of a cluster of which nothing stays: the context goes with it. */
  pid?: number | undefined
}

const usualName = 'local'
/** For a cluster of which nothing stays, while the usual name is that of one that stays. */
const spareName = 'memory'

/**
 * Makes, or brings up to date, the context of a cluster of one's own, and selects it. A context of that name that belongs
 * to another machine is left alone: then there is none. So is, by a cluster of which nothing stays, that of one that stays.
 */
export async function keepLocalContext(
  {name: wanted, url, user, key, pid}: LocalContext,
  {contexts, credentials}: AccountStores,
): Promise<Context | undefined> {
  const known = contexts.read().contexts
  const names = pid !== undefined && wanted === usualName ? [usualName, spareName] : [wanted]
  const name = names.find(candidate => {
    const context = known.get(candidate)
    return context === undefined || (isOwn(context) && (pid === undefined || context.temporary !== undefined))
  })
  if (name === undefined) return undefined
  const before = known.get(name)
  const parsed = parseClusterUrl(url, 'URL')
  const store = credentials(storeKind)
  const context = await keepKey({store, account: accountOf(user, parsed), key}, async () =>
    contexts.save(
      {
        name,
        url: formatClusterUrl(parsed),
        user,
        credentialStore: storeKind,
        // An address of this machine that is not its loopback; the way does not leave it.
        allowHttp: !isLoopback(parsed),
      },
      {use: true, pid},
    ),
  )
  const old = before && keyAccount(before)
  const isReplaced = before !== undefined && old !== undefined && old !== keyAccount(context)
  if (isReplaced && sharingKey(before, contexts).length === 0) await store.delete(old)
  return context
}

/** Forgets the contexts of clusters in memory that are over, with their keys, and selects what was selected before. */
export async function forgetTemporaryContexts(
  isOver: (pid: number) => boolean,
  {contexts, credentials}: AccountStores,
): Promise<void> {
  const over = contexts.list().filter(({temporary}) => temporary !== undefined && isOver(temporary.pid))
  if (over.length === 0) return
  const names = new Set(over.map(({name}) => name))
  // The keys first: what a sudden end leaves is found by its context.
  for (const context of over) {
    const account = keyAccount(context)
    const isShared = sharingKey(context, contexts).some(({name}) => !names.has(name))
    if (account !== undefined && context.credentialStore !== 'none' && !isShared) {
      await credentials(context.credentialStore).delete(account)
    }
  }
  await contexts.removeTemporary(({pid}) => isOver(pid))
}

/** Whether a context may be replaced: its key is in our file, or it has none, and it is of this machine. */
function isOwn({url, credentialStore, allowHttp}: Context): boolean {
  const ownAddress = isLoopback(parseClusterUrl(url, 'URL')) || allowHttp
  return ownAddress && (credentialStore === storeKind || credentialStore === 'none')
}
