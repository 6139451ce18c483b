import type * as z from 'zod/mini'
import {sessionLog} from './additions.js'
import {parseBody} from './parse.js'

/** A piece of a session's log, by offset in bytes. */
export type SessionLogPiece = z.infer<typeof sessionLog>

export function parseSessionLog(body: unknown, route: string): SessionLogPiece {
  return parseBody(sessionLog, body, route)
}
