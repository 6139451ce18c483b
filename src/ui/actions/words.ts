import type {BankCheck} from '../../api/contract/check.js'
import type {ActionName, ActionResult} from '../../operations/actions/action.js'
import type {Cancellation} from '../../operations/cancel-updates.js'
import type {Submission} from '../../operations/submit-update.js'
import {count} from '../../presentation/text.js'
import {BiomajError} from '../../shared/errors.js'
import type {Toast} from '../state/ui-state.js'

/** What is said when it is over. */
export type Outcome = Pick<Toast, 'tone' | 'text'>

/** @throws {BiomajError} why there is no update, or that nobody knows whether there is one */
export function updateWords([submission]: readonly Submission[]): Outcome {
  if (submission === undefined) throw new BiomajError({code: 'internal', message: 'Nothing was asked for'})
  const {bank} = submission
  switch (submission.state) {
    case 'sent':
      return {tone: 'good', text: `${bank}: update requested`}
    case 'joined':
      return {
        tone: 'good',
        text: `${bank}: an update ${submission.situation === 'running' ? 'runs' : 'waits in the queue'} already`,
      }
    case 'unknown':
    case 'refused':
      throw submission.error
  }
}

/** @throws {BiomajError} why nothing was cancelled */
export function cancelWords([cancellation]: readonly Cancellation[]): Outcome {
  if (cancellation === undefined) throw new BiomajError({code: 'internal', message: 'Nothing was asked for'})
  if (cancellation.state === 'refused') throw cancellation.error
  const {bank, situation, mayRemain} = cancellation
  if (mayRemain) {
    return {
      tone: 'worry',
      text: `${bank}: cancel requested. It runs processes: BioMAJ then keeps the cancel, and the next update of the bank ends at once too`,
    }
  }
  const when = situation === 'running' ? 'it stops after its current action' : 'it ends when its turn comes'
  return {tone: 'good', text: `${bank}: cancel requested, ${when}`}
}

export function checkWords({bank, valid, findings}: BankCheck): Outcome {
  const errors = findings?.filter(({severity}) => severity === 'error') ?? []
  const warnings = (findings?.length ?? 0) - errors.length
  if (valid) {
    const odd = warnings === 0 ? '' : `, with ${count(warnings, 'warning')}: ${findings?.[0]?.message ?? ''}`
    return {tone: warnings === 0 ? 'good' : 'worry', text: `${bank}: its properties are valid${odd}`}
  }
  const [first] = errors
  const why = first === undefined ? "the server's log says why" : `${count(errors.length, 'error')}: ${first.message}`
  return {tone: 'bad', text: `${bank}: its properties are not valid, ${why}`}
}

const doneWords: Readonly<Record<ActionName, string>> = {
  publish: 'published',
  unpublish: 'no longer published',
  freeze: 'frozen',
  unfreeze: 'no longer frozen',
  remove: 'removed',
  'remove-all': 'removed as a whole',
  'remove-pending': 'what was pending is removed',
  repair: 'repaired',
  maintenance: 'set',
}

const queuedWords: Readonly<Record<ActionName, string>> = {
  publish: 'publication',
  unpublish: 'end of publication',
  freeze: 'freeze',
  unfreeze: 'unfreeze',
  remove: 'removal',
  'remove-all': 'removal of the whole bank',
  'remove-pending': 'removal of what is pending',
  repair: 'repair',
  maintenance: 'maintenance',
}

export function resultWords({action, bank, release, state, message}: ActionResult): Outcome {
  const subject = [bank ?? 'The cluster', release].filter(Boolean).join(' ')
  switch (state) {
    case 'done':
      return {
        tone: 'good',
        text: bank === null ? (message ?? `${subject}: ${action} set`) : `${subject}: ${doneWords[action]}`,
      }
    case 'queued':
      return {tone: 'good', text: `${subject}: ${queuedWords[action]} waits in the queue`}
    case 'nothing_to_do':
      return {tone: 'good', text: `${subject}: it was so already, nothing was sent`}
  }
}
