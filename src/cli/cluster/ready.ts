import {factsText} from '../account/facts.js'
import type {Io} from '../io.js'

/** The one line that `biomaj cluster start --json` prints, when the cluster serves. */
export interface ReadyEvent {
  event: 'ready'
  url: string
  pid: number
  port: number
  name: string
  dataDirectory: string
  memory: boolean
  /** It goes on without the terminal that started it. */
  detached: boolean
  logFile: string
  /** First administrator, whose key the context has, if there is one. */
  user: string
  /** Context that commands use now; null without one. */
  context: string | null
}

/** For people: what runs, where, and what to do now. For a pipe: one line. */
export function readyText(io: Io, ready: ReadyEvent): string {
  const line = `${io.paint('green', '✓')} BioMAJ cluster ready at ${io.paint('bold', ready.url)} (pid ${ready.pid})`
  if (!io.isTerminal) return line
  const facts = factsText(io, [
    {name: 'Data', value: ready.memory ? `${ready.dataDirectory} (temporary: nothing stays)` : ready.dataDirectory},
    {name: 'Status', value: `${ready.url}/status`},
    {name: 'User', value: `${ready.user}, administrator; ${whereKeyIs(ready)}`},
    ready.context === null
      ? undefined
      : {name: 'Context', value: `${ready.context}, which commands use now (biomaj context use NAME for another)`},
    {name: 'Log', value: ready.logFile},
    {name: 'Stop', value: ready.detached ? 'biomaj cluster stop' : 'Ctrl-C'},
  ])
  const next = ready.context === null ? `biomaj status --proxy ${ready.url}` : 'biomaj update --bank alu --wait'
  return `${line}\n${facts}\n${io.paint('dim', `Try: ${next}`)}`
}

function whereKeyIs({context, user}: ReadyEvent): string {
  if (context !== null) return 'key in your file of keys (mode 0600)'
  return `no context has the key (biomaj cluster user renew ${user} prints a new one)`
}
