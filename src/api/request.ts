import {once} from 'node:events'
import got, {type Method, type OptionsInit, type Request} from 'got'
import {longestTimerMs} from '../shared/abort.js'
import type {Connections} from './agents.js'

export const connectTimeoutMs = 5000

interface RequestSpec {
  method: Method
  headers: Record<string, string>
  /** Sent as JSON. */
  body: unknown
  agent: Connections['kept']
  https: NonNullable<OptionsInit['https']>
  timeoutMs: number
  signal: AbortSignal | undefined
}

/** One request on its way, whatever its answer: no redirect is followed, nothing repeated, no status an error. */
export function openRequest(url: URL, {method, headers, body, agent, https, timeoutMs, signal}: RequestSpec): Request {
  const stream = got.stream(url, {
    method,
    headers,
    // Flask refuses a write, and even a `show`, that has no JSON body.
    ...(body === undefined ? {} : {json: body, allowGetBody: true}),
    throwHttpErrors: false,
    followRedirect: false,
    retry: {limit: 0},
    timeout: {connect: Math.min(connectTimeoutMs, timeoutMs)},
    agent,
    https,
  })
  // Whoever reads the stream gets its error. One that comes while nobody reads must not end the process.
  stream.on('error', () => undefined)
  limit(stream, timeoutMs, signal)
  return stream
}

/**
 * Ends a stream at its deadline and when the signal is aborted. got's own options for this end a request that waits
 * for an HTTP proxy too late, make a body's deadline look as if the server had closed the connection, and leave a
 * listener on the signal after each whole answer.
 */
function limit(stream: Request, timeoutMs: number, signal: AbortSignal | undefined): void {
  const end = (code: string) => stream.destroy(Object.assign(new Error('The request was ended'), {code}))
  const abort = () => end('ABORT_ERR')
  const timer = timeoutMs > longestTimerMs ? undefined : setTimeout(() => end('ETIMEDOUT'), timeoutMs).unref()
  signal?.addEventListener('abort', abort, {once: true})
  const done = () => {
    clearTimeout(timer)
    signal?.removeEventListener('abort', abort)
  }
  stream.once('end', done).once('close', done)
}

export interface Response {
  statusCode: number
  headers: Record<string, string | string[] | undefined>
}

/** When the head of the answer is there. */
export async function responseOf(stream: Request): Promise<Response> {
  const response = once(stream, 'response')
  // Without a reader got starts no request of a method that may have a body.
  stream.resume().pause()
  return ((await response) as [Response])[0]
}

/** The server closed the connection before it answered. */
export function brokeOff(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
}
