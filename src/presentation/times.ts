import type {ServerTime} from '../api/contract/time.js'

/** A wall clock of the server, as it is: nobody here knows its zone. */
export function serverTimeCell(time: ServerTime | null): string {
  return time?.serverLocal ?? '-'
}
