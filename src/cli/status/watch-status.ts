import {watch} from '../../operations/watch.js'
import {formatDuration} from '../../shared/durations.js'
import {interruptionOf} from '../../shared/abort.js'
import {sanitise} from '../../shared/sanitise.js'
import {exitCodes} from '../exit-codes.js'
import type {Io} from '../io.js'
import {liveScreen} from '../terminal/live-screen.js'
import {renderStatus} from './status-render.js'
import {readStatus, type ShownStatus, type StatusRequest} from './status-view.js'

/** Looks until the signal, which is the only way out once a first look succeeded. Gives the exit status. */
export async function watchStatus(request: StatusRequest, {io, pauseMs}: {io: Io; pauseMs: number}): Promise<number> {
  const {runtime} = request
  const {signal} = runtime
  const screen = await liveScreen<ShownStatus>({
    runtime,
    io,
    json: ({document}) => document,
    render: shown =>
      [renderStatus(shown, {io, runtime, attentionFirst: io.isTerminal}), ...missingLines(shown, io)].join('\n'),
    caption: `every ${pauseMs < 60_000 ? `${pauseMs / 1000}s` : formatDuration(pauseMs)}`,
  })
  // Against a cluster that is gone a repetition within the look would only delay what the screen says.
  const look = async () => readStatus({...request, attempts: 1})
  try {
    for await (const seen of watch(look, {pauseMs, signal, clock: runtime.clock})) {
      screen.show({look: seen, at: runtime.date()})
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    screen.end()
  }
  // No error report: the end was asked for, and a stream of JSON lines must not end in something else.
  return exitCodes[interruptionOf(signal).code]
}

function missingLines({missing}: ShownStatus, io: Io): string[] {
  return missing.map(({name, error}) => `${io.paint('red', '✗')} ${sanitise(name)}: ${sanitise(error.message)}`)
}
