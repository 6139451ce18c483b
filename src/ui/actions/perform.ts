import type {BiomajClient} from '../../api/client.js'
import {type ActionOptions, type ActionResult} from '../../operations/actions/action.js'
import {checkBank} from '../../operations/actions/check.js'
import {freezeRelease, unfreezeRelease} from '../../operations/actions/freeze.js'
import {setMaintenance} from '../../operations/actions/maintenance.js'
import {publishRelease, unpublishBank} from '../../operations/actions/publish.js'
import {removeBank, removePendingReleases, removeRelease} from '../../operations/actions/remove.js'
import {repairBank} from '../../operations/actions/repair.js'
import {cancelUpdates} from '../../operations/cancel-updates.js'
import {submitUpdates} from '../../operations/submit-update.js'
import type {Plan} from './commands.js'
import {cancelWords, checkWords, type Outcome, resultWords, updateWords} from './words.js'

/**
 * Does what was planned, by the same operations as the commands of the command line.
 *
 * @throws {BiomajError} why it was not done, or that nobody knows
 */
export async function perform(
  {action, evenIfBusy}: Plan,
  cluster: BiomajClient,
  options: ActionOptions,
): Promise<Outcome> {
  switch (action.action) {
    case 'update': {
      const update = action.update ?? {}
      return updateWords(await submitUpdates(cluster, [action.bank], {update, joinRunning: true, ...options}))
    }
    case 'cancel':
      return cancelWords(await cancelUpdates(cluster, [action.bank], options))
    case 'publish':
      return done(publishRelease(cluster, action, options))
    case 'unpublish':
      return done(unpublishBank(cluster, action, options))
    case 'freeze':
      return done(freezeRelease(cluster, action, options))
    case 'unfreeze':
      return done(unfreezeRelease(cluster, action, options))
    case 'remove':
      return done(removeRelease(cluster, action, options))
    case 'remove-all':
      return done(removeBank(cluster, action, options))
    case 'remove-pending':
      return done(removePendingReleases(cluster, action, options))
    case 'repair':
      return done(repairBank(cluster, {...action, evenIfBusy: evenIfBusy === true}, options))
    case 'check':
      return checkWords(await checkBank(cluster, action, options))
    case 'maintenance':
      return done(setMaintenance(cluster, action, options))
  }
}

async function done(result: Promise<ActionResult>): Promise<Outcome> {
  return resultWords(await result)
}
