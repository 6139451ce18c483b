import type {BiomajClient} from '../../api/client.js'
import type {Part, PartError} from '../../operations/board/part.js'
import type {Clock} from '../../shared/clock.js'
import {type Kept, nothingYet} from './kept.js'

export interface Reading {
  cluster: BiomajClient
  signal: AbortSignal
  clock: Clock
}

export type Parts<T> = {[Name in keyof T]: Part<T[Name]>}

/**
 * Something that a view needs, read whole in each round. Its parts fail apart: a read that throws a `BiomajError` fails
 * all of them.
 */
export interface Source<T extends object> {
  id: string
  parts: ReadonlyArray<keyof T & string>
  read(reading: Reading): Promise<Parts<T>>
  /** Why nobody is to ask any more, where an answer that is no error says so. */
  refusal?(parts: Parts<T>): PartError | undefined
}

export type AnySource = Source<Record<string, unknown>>

export type KeptParts<T> = {[Name in keyof T]: Kept<T[Name]>}

/** What is known of a source that was never read. */
export function unread<T extends object>({parts}: Source<T>): KeptParts<T> {
  return Object.fromEntries(parts.map(name => [name, nothingYet])) as unknown as KeptParts<T>
}
