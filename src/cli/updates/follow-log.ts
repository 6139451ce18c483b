import type {BiomajClient} from '../../api/client.js'
import type {LogNews, LogSource} from '../../operations/log/log-source.js'
import {openLog} from '../../operations/log/open-log.js'
import {isTransient} from '../../operations/wait/evidence.js'
import {interruptionOf} from '../../shared/abort.js'
import type {Clock} from '../../shared/clock.js'
import {BiomajError} from '../../shared/errors.js'
import {sanitise} from '../../shared/sanitise.js'
import {errorJson} from '../error-report.js'
import {exitCodes} from '../exit-codes.js'
import type {Io} from '../io.js'

const pollMs = 1500
// As much as the API passes on of one line.
const maxLineLength = 65_536

export interface LogView {
  io: Io
  bank: string
}

/** Log lines for people, or as a stream of JSON objects. */
export function showLines({io, bank}: LogView, lines: readonly string[]): void {
  if (lines.length === 0) return
  if (io.options.json) for (const line of lines) io.json({bank, line}, {pretty: false})
  else {
    const human = () => lines.map(line => sanitise(line, {maxLength: maxLineLength})).join('\n')
    io.show({human, ids: () => lines})
  }
}

/**
 * Shows a log and what it gains until Ctrl-C, which is the only good way out. A cluster that is away for a while is
 * told once and waited for. Gives the exit status.
 *
 * @param lines of the past to begin with; 0 for all
 */
export async function followLog(
  cluster: BiomajClient,
  view: LogView,
  {lines, signal, clock}: {lines: number; signal: AbortSignal; clock: Clock},
): Promise<number> {
  const {io, bank} = view
  const follower = await openLog(cluster, bank, {signal})
  showLines(view, await follower.begin({lines, signal}))
  let away = false
  try {
    for (;;) {
      await clock.sleep(pollMs, signal)
      const news = await newsOf(follower, signal)
      if (news instanceof BiomajError) {
        if (!away) io.warn(`${news.message}; trying again`)
        away = true
        continue
      }
      if (away) io.note('The cluster answers again.')
      away = false
      if (news.newLog) io.note(`What follows is the log of the next run of ${bank}.`)
      if (news.gap) io.warn('Lines were written faster than they could be read; some are missing here.')
      showLines(view, news.lines)
    }
  } catch (error) {
    return exitOf(error, signal, io)
  }
}

async function newsOf(follower: LogSource, signal: AbortSignal): Promise<LogNews | BiomajError> {
  try {
    return await follower.poll({signal, attempts: 1})
  } catch (error) {
    if (!signal.aborted && isTransient(error)) return error
    throw error
  }
}

/** A stream of JSON objects ends after Ctrl-C as it is, and after an error with one more object. */
function exitOf(error: unknown, signal: AbortSignal, io: Io): number {
  if (signal.aborted) return exitCodes[interruptionOf(signal).code]
  if (!io.options.json || !(error instanceof BiomajError)) throw error
  io.json({error: errorJson(error)}, {pretty: false})
  return exitCodes[error.code]
}
