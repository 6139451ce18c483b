import {BiomajError} from '../shared/errors.js'
import type {Exchange} from './exchange.js'

export interface Answer {
  status: number
  contentType: string
  /** The body as it arrives, decompressed. Leaving the loop early closes the connection. */
  chunks: AsyncIterable<Buffer>
}

/** A whole body, or its first `maxBytes`; what follows those is not waited for. */
export async function readBytes({chunks}: Answer, maxBytes = Number.POSITIVE_INFINITY): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of chunks) {
    parts.push(chunk)
    size += chunk.length
    if (size >= maxBytes) break
  }
  return Buffer.concat(parts).subarray(0, maxBytes)
}

/**
 * The value of a JSON body.
 *
 * @throws {BiomajError} `protocol`, without the body's text: an account's answer holds its API key, and the
 * parser's own error quotes what it could not read
 */
export function decodeJson(bytes: Buffer, {origin, route}: Exchange): unknown {
  const unexpected = (what: string) =>
    new BiomajError({code: 'protocol', message: `${origin} answered ${route} with ${what}`})
  let text: string
  try {
    text = new TextDecoder('utf-8', {fatal: true}).decode(bytes)
  } catch {
    throw unexpected('bytes that are not UTF-8')
  }
  if (!/\S/.test(text)) throw unexpected('an empty body')
  try {
    return JSON.parse(text)
  } catch {
    throw unexpected(/^\s*</.test(text) ? 'an HTML page' : 'something that is not JSON')
  }
}
