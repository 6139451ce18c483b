import {valueOrError} from '../../shared/abort.js'
import {BiomajError, type ErrorCode} from '../../shared/errors.js'

/** Why a part of a board is missing. */
export interface PartError {
  code: ErrorCode
  message: string
  hint?: string
}

/** One of several reads that fail apart: what it gave, or why it gave nothing. Serialisable. */
export type Part<T> = {available: true; value: T} | {available: false; error: PartError}

/** Turns a failed read into a missing part. An interruption still throws, and so does a bug of ours. */
export async function readPart<T>(reading: Promise<T>, signal: AbortSignal): Promise<Part<T>> {
  const value = await valueOrError(reading, signal)
  if (!(value instanceof BiomajError)) return {available: true, value}
  return {available: false, error: partError(value)}
}

/** What a board says of a failure. */
export function partError({code, message, hint}: BiomajError): PartError {
  return {code, message, ...(hint === undefined ? {} : {hint})}
}

export function valueOf<T>(part: Part<T>): T | undefined {
  return part.available ? part.value : undefined
}

export function mapPart<T, U>(part: Part<T>, map: (value: T) => U): Part<U> {
  return part.available ? {available: true, value: map(part.value)} : part
}

/** @throws {BiomajError} the first reason, when no part at all is there */
export function requireSome(parts: ReadonlyArray<Part<unknown>>): void {
  const errors = parts.flatMap(part => (part.available ? [] : [part.error]))
  const [first] = errors
  if (first !== undefined && errors.length === parts.length) throw new BiomajError(first)
}
