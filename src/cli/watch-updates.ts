import type {BiomajClient} from '../api/client.js'
import {cancelUpdates} from '../operations/cancel-updates.js'
import {LogFollower, readWindow} from '../operations/follow-log.js'
import {type BankUpdate, reportWait} from '../operations/update-report.js'
import {type AwaitedRun, type Clock, type Progress, waitForRuns} from '../operations/wait/wait-for-runs.js'
import {progressText} from '../presentation/updates.js'
import {sleep} from '../shared/abort.js'
import {BiomajError} from '../shared/errors.js'
import type {Io} from './io.js'
import {type ProgressView, progressView} from './progress.js'
import type {Runtime} from './runtime.js'

export interface WatchFlags {
  follow?: boolean
  timeout?: number | undefined
  'max-outage': number
  poll?: number | undefined
  'cancel-on-interrupt'?: boolean
}

interface Watch {
  cluster: BiomajClient
  runtime: Runtime
  io: Io
  flags: WatchFlags
}

const cancelPatienceMs = 10_000
const followPollMs = 1500

export function systemClock(runtime: Runtime): Clock {
  return {nowMs: () => runtime.nowMs(), sleep, random: Math.random}
}

/** Waits for runs as `update --wait` and `wait` do: progress on stderr, a report for each bank at the end. */
export async function watchUpdates(runs: readonly AwaitedRun[], watch: Watch): Promise<BankUpdate[]> {
  const {cluster, runtime, io, flags} = watch
  const view = await progressView(runtime, io)
  const over = new AbortController()
  const following =
    flags.follow === true
      ? Promise.all(runs.map(async ({bank}) => followLog(bank, watch, view, over.signal)))
      : undefined
  try {
    const results = await waitForRuns(cluster, runs, {
      timeoutMs: flags.timeout,
      maxOutageMs: flags['max-outage'],
      pollMs: flags.poll,
      signal: runtime.signal,
      clock: systemClock(runtime),
      onProgress: progress => view.set(progress.bank, progressOf(progress, runtime)),
    })
    over.abort()
    await following
    view.end()
    if (runtime.signal.aborted) await onInterrupt(runs, watch)
    return await Promise.all(
      results.map(async result => reportWait(cluster, result, {signal: AbortSignal.any([runtime.signal])})),
    )
  } finally {
    over.abort()
    view.end()
  }
}

function progressOf(progress: Progress, runtime: Runtime): string {
  return progressText(progress, runtime.nowMs())
}

/** With --cancel-on-interrupt the first Ctrl-C asks the cluster to stop; a second one leaves at once, as ever. */
async function onInterrupt(runs: readonly AwaitedRun[], {cluster, io, flags}: Watch): Promise<void> {
  if (flags['cancel-on-interrupt'] !== true) return
  const cancellations = await cancelUpdates(
    cluster,
    runs.map(({bank}) => bank),
    AbortSignal.timeout(cancelPatienceMs),
  )
  for (const cancellation of cancellations) {
    if (cancellation.state === 'requested')
      io.note(`Cancel requested for ${cancellation.bank}: it stops after its current action.`)
    else io.warn(`${cancellation.bank} was not cancelled: ${cancellation.error.message}`)
  }
}

/** Shows what the log gains until the wait is over. A log that cannot be read is no reason to stop waiting. */
async function followLog(
  bank: string,
  {cluster, runtime}: Watch,
  view: ProgressView,
  over: AbortSignal,
): Promise<void> {
  const signal = AbortSignal.any([runtime.signal, over])
  const follower = new LogFollower()
  let started = false
  const show = (lines: readonly string[]) => {
    for (const line of lines) view.line(`${bank} | ${line}`)
  }
  while (!signal.aborted) {
    try {
      const {lines} = follower.next(await readWindow(cluster.logs, bank, {signal, attempts: 1}))
      // What is there at first is the log of an earlier run.
      if (started) show(lines)
      started = true
      await sleep(followPollMs, signal)
    } catch (error) {
      if (signal.aborted) break
      if (!(error instanceof BiomajError)) throw error
      started = true
      await sleep(followPollMs, signal).catch(() => undefined)
    }
  }
  if (!runtime.signal.aborted)
    show(follower.next(await readWindow(cluster.logs, bank, {signal: runtime.signal}).catch(() => [])).lines)
}
