import {usage} from './refusal.js'

/** Options of a call, under the names of `biomaj-cli.py`. Whatever was sent: nothing in it is trusted. */
export type Options = Readonly<Record<string, unknown>>

/** As Python takes it: nothing, zero and what is empty is false. */
export function flag(options: Options, name: string): boolean {
  const value = own(options, name)
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0
  return Boolean(value)
}

/**
 * Text, or null when it is not given or empty. A number is taken as its digits, which releases often are.
 *
 * @throws {Refusal} `usage` for what is neither
 */
export function text(options: Options, name: string): string | null {
  const value = own(options, name)
  if (value === undefined || value === null || value === '' || value === false) return null
  if (typeof value === 'string') {
    if (value.length > 4096) throw usage(`Option ${name} is too long`)
    return value
  }
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  throw usage(`Option ${name} must be text`)
}

/** Words between commas; a list is taken as well. */
export function words(options: Options, name: string): string[] {
  const value = own(options, name)
  const list = Array.isArray(value) ? value.map(String) : (text(options, name) ?? '').split(',')
  return list.map(word => word.trim()).filter(word => word !== '')
}

/** @throws {Refusal} `usage` for what is no whole number from 0 on */
export function count(options: Options, name: string, whenUnset: number): number {
  const value = own(options, name)
  if (value === undefined || value === null) return whenUnset
  const digits = typeof value === 'string' && /^\d{1,9}$/.test(value)
  const number = typeof value === 'number' ? value : digits ? Number(value) : Number.NaN
  if (!Number.isInteger(number) || number < 0) throw usage(`${name} must be a whole number`)
  return number
}

export function own(options: Options, name: string): unknown {
  return Object.hasOwn(options, name) ? options[name] : undefined
}
