import type {HistoryEntry} from '../../api/contract/bank.js'
import type {Job} from '../../api/contract/job.js'
import type {BankRun} from '../../api/contract/run.js'
import type {RequestOptions} from '../../api/transport.js'
import {BiomajError} from '../../shared/errors.js'
import {digestLog} from '../run-digest.js'
import {readLog, type WatchedCluster} from './evidence.js'
import {type Verdict, verdictFrom} from './run-tracker.js'

const explainingLines = 1000

/** The job, or undefined when the cluster does not remember it (any more). */
export async function readJob(
  {additions}: WatchedCluster,
  id: string,
  options: RequestOptions,
): Promise<Job | undefined> {
  try {
    return await additions?.job(id, options)
  } catch (error) {
    // `protocol`: another daemon answers at this address now, one that has no jobs.
    if (error instanceof BiomajError && (error.code === 'job_not_found' || error.code === 'protocol')) return undefined
    throw error
  }
}

/** How a run ended whose job has ended: the cluster's own word, with the place and the log's lines where it failed. */
export async function verdictOfJob(cluster: WatchedCluster, job: Job, options: RequestOptions): Promise<Verdict> {
  const run = await cluster.banks.run(job.bank, options)
  const entry = entryOf(job)
  // A job that never came to a run has no log of its own.
  const began = job.startedAt !== null && job.session !== null
  if (job.state === 'done') {
    return {...verdictFrom(digestLog([]), run), outcome: outcomeOf(job, run), release: job.release ?? undefined, entry}
  }
  const lines = began ? await readLog(cluster, job.bank, {lines: explainingLines, ...options}) : []
  const verdict = verdictFrom(digestLog(lines), run)
  const reason = job.reason ?? verdict.reason
  const step = run.steps.find(({state}) => state === 'failed')?.step
  if (job.state === 'cancelled') {
    return {...verdict, outcome: 'cancelled', step, reason: undefined, logLines: [], release: undefined, entry}
  }
  return {...verdict, outcome: 'failed', step, reason, release: job.release ?? undefined, entry}
}

function outcomeOf({updated}: Job, run: BankRun): 'updated' | 'up_to_date' | 'stopped' {
  const over = run.steps.find(({step}) => step === 'over')?.state
  if (over !== 'done' && over !== 'skipped') return 'stopped'
  return updated === true ? 'updated' : 'up_to_date'
}

function entryOf({bank, startedAt, endedAt, updated, state}: Job): HistoryEntry | undefined {
  if (startedAt === null || endedAt === null) return undefined
  return {bank, action: 'update', start: startedAt, end: endedAt, updated: updated ?? false, error: state !== 'done'}
}
