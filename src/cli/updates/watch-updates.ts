import {cancelUpdates} from '../../operations/cancel-updates.js'
import {mapConcurrently} from '../../operations/map-concurrently.js'
import {type BankUpdate, reportWait} from '../../operations/update-report.js'
import {type AwaitedRun, waitForRuns} from '../../operations/wait/wait-for-runs.js'
import {cancelOutlook, progressMark} from '../../presentation/updates.js'
import {followRun, type RunViewer} from './follow-run.js'
import type {Io} from '../io.js'
import type {WaitFlags} from './update-flags.js'

/** What a watch is made of. */
export interface Watch extends RunViewer {
  io: Io
  flags: WaitFlags
}

const cancelPatienceMs = 10_000
const defaultMaxOutageMs = 600_000

/** What Ctrl-C does while waiting, for the live region. */
export function interruptHint(flags: WaitFlags): string {
  return flags['cancel-on-interrupt'] ? 'Ctrl-C cancels' : 'Ctrl-C stops watching, not the update'
}

/** The reports, with those of the awaited banks replaced by how their updates ended. The order stays. */
export async function endings(
  reports: readonly BankUpdate[],
  awaited: readonly AwaitedRun[],
  watch: Watch,
): Promise<BankUpdate[]> {
  const ended = awaited.length === 0 ? [] : await watchUpdates(awaited, watch)
  watch.view.end()
  return reports.map(report => ended.find(({bank}) => bank === report.bank) ?? report)
}

/** Waits for runs as `update --wait` and `wait` do: progress on stderr, a report for each bank at the end. */
async function watchUpdates(runs: readonly AwaitedRun[], watch: Watch): Promise<BankUpdate[]> {
  const {cluster, runtime, flags, view} = watch
  const {signal} = runtime
  const over = new AbortController()
  if (flags['cancel-on-interrupt']) runtime.allowAfterInterrupt(cancelPatienceMs + 1000)
  const following = flags.follow ? runs.map(async run => followRun(run, watch, over.signal)) : []
  // Together, so that whichever fails ends the command.
  const [results] = await Promise.all([
    waitForRuns(cluster, runs, {
      timeoutMs: flags.timeout,
      maxOutageMs: flags['max-outage'] ?? defaultMaxOutageMs,
      pollMs: flags.poll,
      signal,
      clock: runtime.clock,
      onProgress: progress => {
        const mark = progressMark(progress)
        if (progress.outcome === undefined) view.set(progress.bank, mark)
        else view.over(progress.bank, mark)
      },
    }).finally(() => over.abort()),
    ...following,
  ])
  if (signal.aborted) view.end()
  const open = results.filter(({outcome}) => outcome === 'running' || outcome === 'unknown').map(({bank}) => bank)
  const cancelled =
    signal.aborted && flags['cancel-on-interrupt'] && open.length > 0
      ? await cancelAll(open, watch)
      : new Map<string, string>()
  const reports = await mapConcurrently(results, async result => reportWait(cluster, result, {signal}))
  return reports.map(report => {
    const reason = cancelled.get(report.bank)
    return reason === undefined ? report : {...report, reason, cancelRequested: true}
  })
}

/**
 * With --cancel-on-interrupt the first Ctrl-C asks the cluster to stop; a second one leaves at once, as ever. Gives the
 * banks of which the cluster took the request, each with what becomes of its update.
 */
async function cancelAll(
  banks: readonly string[],
  {cluster, runtime, io}: Watch,
): Promise<ReadonlyMap<string, string>> {
  io.note('Asking the cluster to cancel; Ctrl-C again leaves at once.')
  const cancellations = await cancelUpdates(cluster, banks, {
    signal: AbortSignal.timeout(cancelPatienceMs),
    clock: runtime.clock,
  })
  const taken = new Map<string, string>()
  for (const cancellation of cancellations) {
    const {bank} = cancellation
    if (cancellation.state === 'requested') taken.set(bank, cancelOutlook(cancellation.situation))
    else io.warn(`${bank} was not cancelled: ${cancellation.error.message}`)
  }
  return taken
}
