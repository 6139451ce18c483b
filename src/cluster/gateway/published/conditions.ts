/** What is known of a file that is asked for. Times are epoch milliseconds. */
export interface Validators {
  etag: string
  modifiedMs: number
}

/** Whether the caller has it already (RFC 9110, 13.2.2). */
export function isUnchanged(headers: Headers, {etag, modifiedMs}: Validators): boolean {
  const tags = headers.get('if-none-match')
  if (tags !== null) {
    return tags.trim() === '*' || tags.split(',').some(tag => tag.trim().replace(/^W\//, '') === etag)
  }
  const since = Date.parse(headers.get('if-modified-since') ?? '')
  return !Number.isNaN(since) && Math.floor(modifiedMs / 1000) <= Math.floor(since / 1000)
}

/** Bytes `start` to `end`, both included. */
export interface ByteRange {
  start: number
  end: number
}

/**
 * The part that is asked for: undefined for the whole, `unsatisfiable` for one that lies behind the end. Several ranges
 * in one request are answered with the whole, which is allowed and cannot be abused.
 */
export function rangeOf(
  headers: Headers,
  {sizeBytes, etag, modifiedMs}: Validators & {sizeBytes: number},
): ByteRange | 'unsatisfiable' | undefined {
  const parts = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.get('range')?.trim() ?? '')
  if (!parts) return undefined
  const [, first = '', last = ''] = parts
  if (first === '' && last === '') return undefined
  if (!isStillTheSame(headers.get('if-range'), {etag, modifiedMs})) return undefined
  if (first === '') {
    const length = Math.min(Number(last), sizeBytes)
    return length === 0 ? 'unsatisfiable' : {start: sizeBytes - length, end: sizeBytes - 1}
  }
  const start = Number(first)
  const end = last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1)
  if (last !== '' && Number(last) < start) return undefined
  return start >= sizeBytes ? 'unsatisfiable' : {start, end}
}

function isStillTheSame(condition: string | null, {etag, modifiedMs}: Validators): boolean {
  if (condition === null) return true
  if (condition.startsWith('"')) return condition === etag
  return Math.floor(Date.parse(condition) / 1000) === Math.floor(modifiedMs / 1000)
}
