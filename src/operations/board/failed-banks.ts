import type {BiomajClient} from '../../api/client.js'
import type {UpdateStep} from '../../api/contract/steps.js'
import {readCancelledBanks} from './cancelled-banks.js'
import {readPart, valueOf} from './part.js'
import {type BoardBank, boardBanks} from './cluster-board.js'
import {readCapabilities} from '../capabilities.js'
import {failedStep} from '../current-step.js'
import {mapConcurrently} from '../map-concurrently.js'

/** A bank whose last run failed, and where. */
export interface FailedBank extends BoardBank {
  /** Null when its status does not tell. */
  failedStep: UpdateStep | null
  failedProcesses: string[]
}

/** The banks whose last run failed, by name, each with the step that failed. */
export async function readFailedBanks(
  cluster: BiomajClient,
  options: {signal: AbortSignal; attempts?: number | undefined},
): Promise<FailedBank[]> {
  const capabilities = await readCapabilities(cluster, options)
  const [names, list, activity] = await Promise.all([
    cluster.banks.failed(options),
    cluster.banks.list(options),
    readPart(cluster.daemon.activity(options), options.signal),
  ])
  const told = {capabilities, failed: {available: true, value: names} as const}
  const cancelled = await readCancelledBanks(cluster, told, options)
  const banks = boardBanks(list, {failed: names, activity: valueOf(activity), cancelled})
  const failed = banks.filter(bank => bank.failed === true)
  return mapConcurrently(failed, async bank => {
    const run = await readPart(cluster.banks.run(bank.name, options), options.signal)
    const step = run.available ? failedStep(run.value) : null
    return {
      ...bank,
      failedStep: step?.step ?? null,
      failedProcesses: step?.processes.filter(({state}) => state === 'failed').map(({name}) => name) ?? [],
    }
  })
}
