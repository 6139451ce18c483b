import type {BiomajClient} from '../api/client.js'
import type {HistoryEntry} from '../api/contract/bank.js'
import {BiomajError} from '../shared/errors.js'
import {situationOf} from './preflight.js'
import {joined} from './submit-update.js'
import {historyRows, readBaseline} from './wait/evidence.js'
import type {AwaitedRun} from './wait/wait-for-runs.js'

/** What there is to wait for at a bank. */
export type Attachment =
  | {bank: string; state: 'active'; awaited: AwaitedRun}
  /** Nothing runs or waits; the last update, if the history still has one. */
  | {bank: string; state: 'idle'; last: HistoryEntry | undefined}
  | {bank: string; state: 'refused'; error: BiomajError}

/** Finds the update of a bank that runs or waits, from whatever client it was requested. */
export async function attach(cluster: BiomajClient, bank: string, signal: AbortSignal): Promise<Attachment> {
  try {
    // The baseline before the activity: a run that ends in between is then new to it, and not missed.
    const baseline = await readBaseline(cluster, bank, {signal})
    const situation = situationOf(await cluster.daemon.activity({signal}), bank)
    if (situation !== 'idle')
      return {bank, state: 'active', awaited: {bank, baseline: joined(baseline, situation), request: 'accepted'}}
    const history = await cluster.history.list({limit: historyRows, signal})
    return {bank, state: 'idle', last: history.find(entry => entry.bank === bank && entry.action === 'update')}
  } catch (error) {
    if (signal.aborted || !(error instanceof BiomajError)) throw error
    return {bank, state: 'refused', error}
  }
}
