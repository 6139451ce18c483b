import type {BiomajClient} from '../api/client.js'
import {valueOrError} from '../shared/abort.js'
import type {Clock} from '../shared/clock.js'
import {BiomajError} from '../shared/errors.js'
import {readCapabilities} from './capabilities.js'
import {mapConcurrently} from './map-concurrently.js'
import {readWork, situationOf} from './situation.js'
import {suggestBank} from './suggest-bank.js'
import {joined} from './submit-update.js'
import {openUpdateJob} from './wait/open-job.js'
import {type BankUpdate, reportLast, reportOf} from './update-report.js'
import {baselineOf, historyRows} from './wait/evidence.js'
import type {AwaitedRun} from './wait/wait-for-runs.js'

/** What there is to wait for at a bank. `report` is all that there is to say where nothing runs. */
export interface Attachment {
  report: BankUpdate
  awaited?: AwaitedRun
}

/** Finds the updates of these banks that run or wait, from whatever client they were requested. In order. */
export async function attach(
  cluster: BiomajClient,
  banks: readonly string[],
  {signal, clock}: {signal: AbortSignal; clock: Clock},
): Promise<Attachment[]> {
  await readCapabilities(cluster, {signal})
  // The baselines before the activity: a run that ends in between is then new to them, and not missed.
  const history = await cluster.history.list({limit: historyRows, signal})
  const runs = await mapConcurrently(banks, async bank => ({
    bank,
    run: await valueOrError(cluster.banks.run(bank, {signal}), signal),
  }))
  const work = await readWork(cluster, banks, {signal, clock})
  return mapConcurrently(runs, async ({bank, run}): Promise<Attachment> => {
    if (run instanceof BiomajError) {
      const error = await suggestBank(cluster, {bank, error: run}, {signal})
      return {report: reportOf(bank, 'refused', {error, reason: error.message})}
    }
    const {state} = situationOf(work, bank, run)
    if (state !== 'queued' && state !== 'running') return {report: await reportLast(cluster, bank, {signal})}
    const baseline = joined(baselineOf(run, history), state)
    const job = await openUpdateJob(cluster, bank, {signal})
    return {report: reportOf(bank, 'joined'), awaited: {bank, baseline, request: 'accepted', ...job}}
  })
}
