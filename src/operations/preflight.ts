import type {BiomajClient} from '../api/client.js'
import type {BankDetail, Release} from '../api/contract/bank.js'
import type {BankRun} from '../api/contract/run.js'
import {type UpdateStep, updateSteps} from '../api/contract/steps.js'
import type {UpdateOptions} from '../api/resources/banks.js'
import type {RequestOptions} from '../api/transport.js'
import {BiomajError} from '../shared/errors.js'

/**
 * Makes sure that the daemon would carry out an update of this bank, as far as that does not depend on the moment.
 * It answers "sent" to requests that it drops later without a word: from somebody who is not the owner, for an
 * unknown release, after a failed step.
 *
 * @returns the bank's last or running update
 * @throws {BiomajError} the reason why it would not
 */
export async function checkUpdate(
  cluster: BiomajClient,
  bank: string,
  {update, signal}: {update: UpdateOptions; signal: AbortSignal},
): Promise<BankRun> {
  // In this order: of an unknown bank only the first tells that it is unknown.
  const run = await cluster.banks.run(bank, {signal})
  await requireOwner(cluster, bank, {signal})
  if (update.release !== undefined) requireRelease(await cluster.banks.get(bank, {signal}), update.release)
  return run
}

/**
 * Makes sure that the caller may change a bank. The daemon checks this for an update only after it said "sent", and
 * for a cancel not at all.
 *
 * @throws {BiomajError} `login_required`, `key_invalid`, `forbidden`, `bank_not_found`
 */
export async function requireOwner(cluster: BiomajClient, bank: string, options: RequestOptions): Promise<void> {
  const owns = await ownsIfKnown(cluster, bank, options)
  if (owns !== false) return
  const key = await cluster.account.keyState(options)
  if (key === 'none') throw new BiomajError({code: 'login_required', message: `Changing ${bank} needs an API key`})
  if (key === 'invalid') throw new BiomajError({code: 'key_invalid', message: 'The cluster does not know your API key'})
  throw new BiomajError({code: 'forbidden', message: `You are not the owner of ${bank}`})
}

/** Daemons before 3.0.18 have no such route; there the daemon itself has the last word. */
async function ownsIfKnown(cluster: BiomajClient, bank: string, options: RequestOptions): Promise<boolean | undefined> {
  try {
    return await cluster.banks.owns(bank, options)
  } catch (error) {
    if (error instanceof BiomajError && error.code === 'protocol' && error.details?.['status'] === 404) return undefined
    throw error
  }
}

/**
 * The release of this local name, or in the directory of this name: BioMAJ takes both.
 *
 * @throws {BiomajError} `release_not_found`
 */
export function requireRelease({name, releases}: BankDetail, wanted: string): Release {
  const known = releases.find(({release, directory}) => release === wanted || directory.split('/').at(-1) === wanted)
  if (known) return known
  const names = releases.map(({release}) => release)
  throw new BiomajError({
    code: 'release_not_found',
    message: `${name} has no release ${wanted} in production`,
    hint: names.length === 0 ? 'It has none at all.' : `It has: ${names.slice(-5).join(', ')}.`,
  })
}

/** Why a run cannot start again at this step; undefined when it can. */
export function stepsMissingBefore(fromTask: UpdateStep, bank: string, run: BankRun): BiomajError | undefined {
  if (run.session === null) {
    return new BiomajError({
      code: 'refused',
      message: `${bank} never ran: there is no step to start again at`,
      hint: 'Leave --from-task out.',
    })
  }
  const earlier: ReadonlySet<UpdateStep> = new Set(updateSteps.slice(0, updateSteps.indexOf(fromTask)))
  const missing = run.steps.find(({step, state}) => earlier.has(step) && (state === 'failed' || state === 'waiting'))
  if (missing === undefined) return undefined
  return new BiomajError({
    code: 'refused',
    message: `${bank} cannot start again at ${fromTask}: its last run did not get through ${missing.step}`,
    hint: `Start at that step: --from-task ${missing.step}.`,
  })
}
