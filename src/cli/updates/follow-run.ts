import type {BiomajClient} from '../../api/client.js'
import type {LogSource} from '../../operations/log/log-source.js'
import {openLog} from '../../operations/log/open-log.js'
import type {AwaitedRun} from '../../operations/wait/wait-for-runs.js'
import {BiomajError} from '../../shared/errors.js'
import type {ProgressView} from '../terminal/progress.js'
import type {Runtime} from '../runtime.js'

const followPollMs = 1500
const firstLines = 5000

export interface RunViewer {
  cluster: BiomajClient
  runtime: Runtime
  view: ProgressView
}

/** Shows the log of an awaited run, from its first line, until `over`. A log that cannot be read is no reason to stop waiting. */
export async function followRun({bank, baseline}: AwaitedRun, viewer: RunViewer, over: AbortSignal): Promise<void> {
  const {cluster, runtime, view} = viewer
  let follower: LogSource | undefined
  const signal = AbortSignal.any([runtime.signal, over])
  const show = (lines: readonly string[]) => view.lines(lines.map(line => `${bank} | ${line}`))
  let begun = false
  let said = ''
  const hasStarted = async () => {
    const {logFile} = await cluster.banks.run(bank, {signal: runtime.signal, attempts: 1})
    return logFile !== null && logFile !== baseline.logFile
  }
  const look = async () => {
    try {
      follower ??= await openLog(cluster, bank, {signal: runtime.signal, attempts: 1})
      if (begun) {
        const {lines, gap} = await follower.poll({signal: runtime.signal, attempts: 1})
        show(gap ? ['(lines are missing here: the log grows faster than it can be read)', ...lines] : lines)
        return
      }
      const started = await hasStarted()
      const lines = await follower.begin({signal: runtime.signal, attempts: 1, lines: firstLines})
      if (started) show(lines)
      // If the run has not begun by now either, that was the log of the one before; else look again.
      begun = started || !(await hasStarted())
    } catch (error) {
      if (runtime.signal.aborted) return
      if (!(error instanceof BiomajError)) throw error
      // A bank that never ran has no log yet.
      if (error.code === 'refused' || error.message === said) return
      said = error.message
      view.lines([`${bank} | (no log: ${error.message})`])
    }
  }
  while (!signal.aborted) {
    await look()
    await runtime.clock.sleep(followPollMs, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error
    })
  }
  if (!runtime.signal.aborted) await look()
}
