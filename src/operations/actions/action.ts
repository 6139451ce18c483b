import type {BiomajClient} from '../../api/client.js'
import type {BankDetail} from '../../api/contract/bank.js'
import type {Accepted} from '../../api/resources/releases.js'
import {interruptionOf} from '../../shared/abort.js'
import type {Clock} from '../../shared/clock.js'
import {BiomajError} from '../../shared/errors.js'
import {mayHaveArrived} from '../lost-answer.js'
import {requireOwner} from '../preflight.js'

/** What an action came to. Serialisable. */
export interface ActionResult {
  action: ActionName
  /** Null for what concerns the whole cluster. */
  bank: string | null
  /** Local name of the release that it was about. */
  release: string | null
  /**
   * `done`: it has happened. `queued`: a daemon will do it, in its turn. `nothing_to_do`: it was so already, and nothing was
   * sent.
   */
  state: 'done' | 'queued' | 'nothing_to_do'
  /** Words of the server, if it gave any. */
  message: string | null
  /** Id of the queued job, where the cluster tells it. */
  job: string | null
}

export type ActionName =
  | 'publish'
  | 'unpublish'
  | 'freeze'
  | 'unfreeze'
  | 'remove'
  | 'remove-all'
  | 'remove-pending'
  | 'repair'
  | 'maintenance'

export interface ActionOptions {
  signal: AbortSignal
  clock: Clock
}

/**
 * What a bank has, for a caller who may change it. Asked before each action: BioMAJ answers "sent" to what it drops later
 * because of the owner, and to some actions of anybody.
 *
 * @throws {BiomajError} `bank_not_found`, `forbidden`, `login_required`, `key_invalid`
 */
export async function ownBank(
  cluster: BiomajClient,
  bank: string,
  {signal}: Pick<ActionOptions, 'signal'>,
): Promise<BankDetail> {
  // In this order: of an unknown bank only the first tells that it is unknown.
  const detail = await cluster.banks.get(bank, {signal})
  await requireOwner(cluster, bank, {signal})
  return detail
}

/**
 * Sends an action once. An answer that is lost does not mean that the action was.
 *
 * @param subject for the message: `the removal of alu 2026-11-21`
 * @throws {BiomajError} `outcome_unknown`, an interruption, or the cluster's refusal
 */
export async function sendOnce(
  subject: string,
  send: () => Promise<Accepted>,
  {signal}: Pick<ActionOptions, 'signal'>,
): Promise<Accepted> {
  signal.throwIfAborted()
  try {
    return await send()
  } catch (error) {
    if (signal.aborted) {
      const {code, message} = interruptionOf(signal)
      throw new BiomajError({code, message: `${message} while ${subject} was on its way; it may have arrived`})
    }
    if (!(error instanceof BiomajError) || !mayHaveArrived(error)) throw error
    throw new BiomajError({
      code: 'outcome_unknown',
      message: `The answer to ${subject} was lost (${error.message}); it was not sent again`,
      hint: 'Look whether it has happened before you send it again.',
      cause: error,
    })
  }
}

/** @throws {BiomajError} `maintenance`, while BioMAJ would take the request and drop it */
export async function requireNoMaintenance(
  cluster: BiomajClient,
  what: string,
  {signal}: Pick<ActionOptions, 'signal'>,
): Promise<void> {
  if (!(await cluster.daemon.maintenance({signal}))) return
  throw new BiomajError({code: 'maintenance', message: `The cluster is in maintenance and starts no ${what}`})
}
