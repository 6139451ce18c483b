import {BiomajError, type ErrorCode} from '../shared/errors.js'

// With these the answer to a request was lost, not the request.
const lost: ReadonlySet<ErrorCode> = new Set([
  'unreachable',
  'timeout',
  'protocol',
  'server_error',
  'response_too_large',
])
// With these there was no connection that could have carried the request.
const notConnected: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
])

/** Whether the request that failed so may have arrived all the same. */
export function mayHaveArrived(error: BiomajError): boolean {
  return lost.has(error.code) && !notConnected.has(error.details?.['cause'])
}
