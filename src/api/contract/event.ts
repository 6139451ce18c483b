import * as z from 'zod/mini'
import {BiomajError} from '../../shared/errors.js'
import {eventData} from './additions.js'
import {parseBody} from './parse.js'

/** A change that the cluster tells of. */
export interface ClusterEvent {
  /** To go on from, after the stream ended. */
  id: string
  /**
   * `job`, `bank`, `step`, `progress`, `service`, `maintenance`, `lock`, and what a newer cluster adds. `open` comes first
   * and only tells where the stream begins. `gap`: events are missing here, so look at everything anew.
   */
  type: string
  /** RFC 3339, UTC; null of `open` and `gap`. */
  at: string | null
  bank: string | null
  data: Record<string, unknown>
}

const gapData = z.object({after: z.string()})
const longestLine = 1024 * 1024

/** Events out of the text of server-sent events. Comments, which only keep the connection open, are left out. */
export async function* parseEvents(
  chunks: AsyncIterable<Buffer>,
  route: string,
): AsyncGenerator<ClusterEvent, void, undefined> {
  let fields = new Map<string, string>()
  let id = ''
  for await (const line of linesOf(chunks, route)) {
    if (line !== '') {
      const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? []
      // Several `data:` are the lines of one text.
      if (name !== '') fields.set(name, name === 'data' && fields.has(name) ? `${fields.get(name)}\n${value}` : value)
      continue
    }
    const before = id
    id = fields.get('id') ?? id
    const data = fields.get('data')
    if (data !== undefined) yield eventOf({id, type: fields.get('event') ?? 'message', data}, route)
    else if (id !== before) yield {id, type: 'open', at: null, bank: null, data: {}}
    fields = new Map()
  }
}

function eventOf({id, type, data}: {id: string; type: string; data: string}, route: string): ClusterEvent {
  let body: unknown
  try {
    body = JSON.parse(data)
  } catch {
    throw new BiomajError({code: 'protocol', message: `Unexpected answer to ${route}: an event that is not JSON`})
  }
  if (type === 'gap') return {id, type, at: null, bank: null, data: parseBody(gapData, body, route)}
  return {id, type, ...parseBody(eventData, body, route)}
}

async function* linesOf(chunks: AsyncIterable<Buffer>, route: string): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8')
  let rest = ''
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, {stream: true})).split('\n')
    rest = lines.pop() ?? ''
    if (rest.length > longestLine) {
      throw new BiomajError({code: 'response_too_large', message: `The answer to ${route} has a line without end`})
    }
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line
  }
}
