import type {BiomajClient} from '../api/client.js'
import type {BankRun} from '../api/contract/run.js'
import {valueOrError} from '../shared/abort.js'
import type {Clock} from '../shared/clock.js'
import {BiomajError} from '../shared/errors.js'
import {readCapabilities} from './capabilities.js'
import {currentStep} from './current-step.js'
import {mapConcurrently} from './map-concurrently.js'
import {requireOwner} from './preflight.js'
import {readWork, situationOf} from './situation.js'
import {suggestBank} from './suggest-bank.js'

export type Cancellation =
  | {
      bank: string
      state: 'requested'
      situation: 'queued' | 'running'
      /** The update runs processes: BioMAJ keeps a cancel that meets it there, and ends the bank's next run with it too. */
      mayRemain: boolean
    }
  | {bank: string; state: 'refused'; error: BiomajError}

/**
 * Asks the daemon to stop the updates of these banks. Only where an update runs or waits, and only for its owner:
 * the daemon checks neither, and keeps a cancel for an idle bank to end that bank's next run with it.
 */
export async function cancelUpdates(
  cluster: BiomajClient,
  banks: readonly string[],
  options: {signal: AbortSignal; clock: Clock},
): Promise<Cancellation[]> {
  const capabilities = await readCapabilities(cluster, options)
  return mapConcurrently(banks, async bank => {
    const result = await valueOrError(cancel(cluster, bank, {...options, capabilities}), options.signal)
    if (!(result instanceof BiomajError)) return result
    return {bank, state: 'refused', error: await suggestBank(cluster, {bank, error: result}, options)}
  })
}

async function cancel(
  cluster: BiomajClient,
  bank: string,
  {signal, clock, capabilities}: {signal: AbortSignal; clock: Clock; capabilities: ReadonlySet<string>},
): Promise<Cancellation> {
  // First, because it tells whether the bank exists; the daemon would take a cancel for any name.
  const run = await cluster.banks.run(bank, {signal})
  await requireOwner(cluster, bank, {signal})
  const {state} = situationOf(await readWork(cluster, [bank], {signal, clock}), bank, run)
  if (state === 'idle' || state === 'busy') {
    throw new BiomajError({
      code: 'bank_idle',
      message: `No update of ${bank} runs or waits: there is nothing to cancel`,
      hint: 'A cancel sent now would stay and end the next run of the bank, so it was not sent.',
    })
  }
  await cluster.banks.cancel(bank, {signal})
  // Where each request is a job of its own, a cancel ends with the job that it is about.
  const mayRemain = state === 'running' && runsProcesses(run) && !capabilities.has('jobs')
  return {bank, state: 'requested', situation: state, mayRemain}
}

function runsProcesses(run: BankRun): boolean {
  const step = currentStep(run, true)?.step
  return step === 'preprocess' || step === 'postprocess'
}
