import {randomBytes} from 'node:crypto'

/** Crockford's base 32, lower case: sorts as the numbers do. */
const digits = '0123456789abcdefghjkmnpqrstvwxyz'
const timeDigits = 10
const countDigits = 3
const randomDigits = 7
const maxCount = 32 ** countDigits - 1

/**
 * An id of 20 characters that sorts after `last`, the greatest there is, also when the clock was set back or another
 * process is ahead of it. It begins with the time, so that ids of other databases and of forgotten jobs differ.
 */
export function nextJobId({nowMs, last}: {nowMs: number; last: string | null}): string {
  const lastMs = last === null ? -1 : parse(last.slice(0, timeDigits))
  let ms = Math.trunc(nowMs)
  let count = 0
  if (last !== null && ms <= lastMs) {
    ms = lastMs
    count = parse(last.slice(timeDigits, timeDigits + countDigits)) + 1
    if (count > maxCount) {
      ms++
      count = 0
    }
  }
  const random = [...randomBytes(randomDigits)].map(byte => digits[byte % 32]).join('')
  return format(ms, timeDigits) + format(count, countDigits) + random
}

function format(value: number, length: number): string {
  let rest = value
  let text = ''
  for (let i = 0; i < length; i++) {
    text = digits.charAt(rest % 32) + text
    rest = Math.floor(rest / 32)
  }
  return text
}

function parse(text: string): number {
  let value = 0
  for (const digit of text) value = value * 32 + digits.indexOf(digit)
  return value
}
