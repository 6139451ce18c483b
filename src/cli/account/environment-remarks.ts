import {chooseCluster, originOf} from '../../config/choose-cluster.js'
import type {Context} from '../../config/contexts.js'
import {environmentKey} from '../../config/target-key.js'
import {BiomajError} from '../../shared/errors.js'
import type {Runtime} from '../runtime.js'
import type {AccountStores} from './stores.js'

/** What in the environment will win over a context that was just made the current one. */
export function environmentRemarks(
  context: Context,
  {contexts}: Pick<AccountStores, 'contexts'>,
  {env}: Pick<Runtime, 'env'>,
): string[] {
  const remarks: string[] = []
  try {
    const chosen = chooseCluster({flags: {}, env, contexts})
    if (chosen.context?.name !== context.name) {
      const use = chosen.context ? `context ${chosen.context.name}` : chosen.url.origin
      remarks.push(`${chosen.urlSource} is set and wins over the current context: commands in this shell use ${use}`)
    }
    const {key} = environmentKey({flags: {}, env, contexts}, originOf(context))
    if (key) remarks.push('BIOMAJ_APIKEY is set and wins over the stored key')
  } catch (error) {
    // A bad variable is no reason to fail what was done already; the next command would, so it is told now.
    if (!(error instanceof BiomajError)) throw error
    remarks.push(`${error.message}. ${error.hint ?? ''}`.trim())
  }
  return remarks
}
