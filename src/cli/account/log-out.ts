import {chooseCluster} from '../../config/choose-cluster.js'
import type {Context} from '../../config/contexts.js'
import {BiomajError} from '../../shared/errors.js'
import {type ErrorJson, errorJson} from '../error-report.js'
import {exitCodes} from '../exit-codes.js'
import type {Runtime} from '../runtime.js'
import {dropKey, keyAccount, sharingKey, whileDeleting} from './keep-key.js'
import type {AccountStores} from './stores.js'

/** What a logout did with one context. */
export interface LogoutJson {
  context: string
  url: string
  user: string | null
  state: 'logged_out' | 'not_logged_in' | 'failed'
  /** A key was there and is deleted; false too for a second context that shared it. */
  keyWasThere: boolean
  error: ErrorJson | null
  exitCode: number
}

/** The context that commands use now: none, or the one. */
export function selectedContext(
  name: string | undefined,
  {contexts}: Pick<AccountStores, 'contexts'>,
  {env}: Pick<Runtime, 'env'>,
): Context[] {
  if (name !== undefined) return [contexts.get(name)]
  try {
    const {context} = chooseCluster({flags: {}, env, contexts})
    return context ? [context] : []
  } catch (error) {
    if (error instanceof BiomajError && error.code === 'no_cluster') return []
    throw error
  }
}

/**
 * Deletes the keys of contexts and marks these as logged out, each whole or not at all; a context that shares a key
 * is logged out with it. With `goOn` a failure does not keep the others from being logged out.
 */
export async function logOut(
  selected: readonly Context[],
  stores: AccountStores,
  {signal, goOn}: {signal: AbortSignal; goOn: boolean},
): Promise<LogoutJson[]> {
  const logouts = new Map<string, LogoutJson>()
  for (const context of selected) {
    signal.throwIfAborted()
    if (logouts.has(context.name)) continue
    try {
      for (const logout of await logOutOne(context, stores)) logouts.set(logout.context, logout)
    } catch (thrown) {
      const error = whileDeleting(thrown, context)
      if (!goOn || !(error instanceof BiomajError)) throw error
      logouts.set(context.name, {
        ...of(context, 'failed'),
        error: errorJson(error),
        exitCode: exitCodes[error.code],
      })
    }
  }
  return [...logouts.values()]
}

async function logOutOne(context: Context, {contexts, credentials}: AccountStores): Promise<LogoutJson[]> {
  const account = keyAccount(context)
  if (account === undefined || context.credentialStore === 'none') return [of(context, 'not_logged_in')]
  const affected = sharingKey(context, contexts)
  const keyWasThere = await dropKey({store: credentials(context.credentialStore), account}, async () => {
    for (const shared of affected) await contexts.save({...shared, credentialStore: 'none'})
  })
  return affected.map(shared => ({...of(shared, 'logged_out'), keyWasThere}))
}

function of({name, url, user}: Context, state: LogoutJson['state']): LogoutJson {
  return {context: name, url, user: user ?? null, state, keyWasThere: false, error: null, exitCode: 0}
}
