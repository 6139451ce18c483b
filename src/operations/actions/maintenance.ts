import type {BiomajClient} from '../../api/client.js'
import {BiomajError} from '../../shared/errors.js'
import {type ActionOptions, type ActionResult, sendOnce} from './action.js'

/**
 * Puts the cluster into maintenance, in which it starts no update, or takes it out. Only for its administrators.
 *
 * @throws {BiomajError} `forbidden` for a good key of somebody else, `login_required`, `key_invalid`, and what `sendOnce` throws
 */
export async function setMaintenance(
  cluster: BiomajClient,
  {on}: {on: boolean},
  options: ActionOptions,
): Promise<ActionResult> {
  const {signal} = options
  try {
    const send = async () => cluster.daemon.setMaintenance(on, {signal})
    const accepted = await sendOnce(`the request to turn maintenance ${on ? 'on' : 'off'}`, send, options)
    return {action: 'maintenance', bank: null, release: null, state: 'done', ...accepted}
  } catch (error) {
    if (!(error instanceof BiomajError) || error.code !== 'key_invalid') throw error
    // BioMAJ has the same words for a key that it does not know and for one of somebody who is no administrator.
    if ((await cluster.account.keyState({signal})) === 'invalid') throw error
    throw new BiomajError({
      code: 'forbidden',
      message: 'Only administrators of the cluster may turn maintenance on or off',
    })
  }
}
