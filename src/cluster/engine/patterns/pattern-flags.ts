import {told} from '../told.js'
import {PatternError, type PatternSource} from './pattern-source.js'
import type {Scope} from './pattern-tree.js'

export interface InlineFlags {
  on: ReadonlySet<string>
  off: ReadonlySet<string>
  /** `(?i)`: for the whole pattern; `(?i:…)` is for its group. */
  global: boolean
}

const known = /^[iLmsxatu]$/
const types = /^[aLu]$/

export const noFlags: Scope = {ignoreCase: false, multiline: false, dotAll: false, ascii: false, verbose: false}

/** The scope inside of another one, with some flags turned on and off. */
export function scoped(scope: Scope, on: ReadonlySet<string>, off: ReadonlySet<string> = new Set()): Scope {
  const value = (flag: string, before: boolean) => (before || on.has(flag)) && !off.has(flag)
  return {
    ignoreCase: value('i', scope.ignoreCase),
    multiline: value('m', scope.multiline),
    dotAll: value('s', scope.dotAll),
    // `u` undoes an `a` around it.
    ascii: on.has('u') ? false : value('a', scope.ascii),
    verbose: value('x', scope.verbose),
  }
}

/** Whether `(?` and this character begin flags. */
export function beginsFlags(token: string): boolean {
  return token === '-' || known.test(token)
}

/** Reads `i)`, `i:` or `-i:`, whose first character has been taken. */
export function readFlags(source: PatternSource, first: string): InlineFlags {
  const on = new Set<string>()
  const off = new Set<string>()
  let token = first
  if (token !== '-') {
    while (token !== ')' && token !== ':' && token !== '-') {
      if (!known.test(token)) throw unknownFlag(token)
      if (token === 'L') throw new PatternError('flag "L" is for bytes')
      on.add(token)
      if (on.has('a') && on.has('u')) throw incompatible()
      token = source.take() ?? ''
    }
    if (token === ')') return {on, off, global: true}
  }
  if (on.has('t')) throw new PatternError('flag "t" is for whole patterns only')
  if (token === '-') {
    token = source.take() ?? ''
    do {
      if (!known.test(token)) throw unknownFlag(token)
      if (types.test(token)) throw new PatternError(told`flag "${token}" cannot be turned off`)
      off.add(token)
      token = source.take() ?? ''
    } while (token !== ':')
  }
  if (off.has('t')) throw new PatternError('flag "t" is for whole patterns only')
  if ([...on].some(flag => off.has(flag))) throw new PatternError('a flag is turned on and off')
  return {on, off, global: false}
}

export function incompatible(): PatternError {
  return new PatternError('flags "a" and "u" contradict each other')
}

function unknownFlag(token: string): PatternError {
  return new PatternError(token === '' ? 'flags do not end' : told`"${token}" is no flag`)
}
