import type {Account} from '../../api/contract/account.js'
import {formatClusterUrl} from '../../config/cluster-url.js'
import type {Context} from '../../config/contexts.js'
import {accountOf, type StoredKind} from '../../config/credentials/credential-store.js'
import {BiomajError} from '../../shared/errors.js'
import type {Io} from '../io.js'
import {dropKey, keepKey, keyAccount, sharingKey} from './keep-key.js'
import type {Login} from './login-checks.js'
import {contextNameFor, type Destination} from './login-destination.js'
import type {AccountStores} from './stores.js'

export interface Kept {
  context: Context
  /** The context was there before. */
  renewed: boolean
}

/** Stores key and context, both or neither, and deletes the key that they replace. */
export async function keepLogin(
  {
    account,
    kind,
    wanted,
    settings,
  }: {
    account: Account
    kind: StoredKind
    wanted: string | undefined
    settings: Pick<Context, 'allowHttp' | 'caFile' | 'insecureTls' | 'readOnly'>
  },
  {target}: Destination,
  {contexts, credentials}: AccountStores,
  {io, runtime}: Login,
): Promise<Kept> {
  const file = contexts.read()
  const {user, email, apiKey: key} = account
  const name = contextNameFor({url: target.url, user, wanted}, file)
  const before = file.contexts.get(name)
  const keptEmail = email === '' && before?.user === user ? before.email : email
  runtime.signal.throwIfAborted()
  const context = await keepKey({store: credentials(kind), account: accountOf(user, target.url), key}, async () =>
    contexts.save(
      {
        name,
        url: formatClusterUrl(target.url),
        user,
        ...(keptEmail === undefined || keptEmail === '' ? {} : {email: keptEmail}),
        credentialStore: kind,
        ...settings,
      },
      {use: true},
    ),
  )
  await dropReplaced(before, context, {contexts, credentials}, io)
  return {context, renewed: before !== undefined}
}

async function dropReplaced(
  before: Context | undefined,
  context: Context,
  {contexts, credentials}: AccountStores,
  io: Io,
): Promise<void> {
  const account = before && keyAccount(before)
  if (before === undefined || account === undefined || before.credentialStore === 'none') return
  if (before.credentialStore === context.credentialStore && account === keyAccount(context)) return
  if (sharingKey(before, contexts).length > 0) return
  try {
    await dropKey({store: credentials(before.credentialStore), account})
  } catch (error) {
    if (!(error instanceof BiomajError)) throw error
    io.warn(`The earlier key of ${account} could not be deleted: ${error.message}`)
  }
}
