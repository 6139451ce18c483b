import {told} from '../told.js'
import {mostRepeats, type Width} from './pattern-groups.js'
import {PatternError, type PatternSource} from './pattern-source.js'
import type {Item} from './pattern-parts.js'

/** How often something is repeated, and in which order the numbers are tried. */
export interface Repetition extends Width {
  mode: 'greedy' | 'lazy' | 'possessive'
}

const digit = /^[0-9]$/

/**
 * Reads what follows `*`, `+`, `?` or `{`, which has been taken. Undefined for a brace that begins no repetition, and so
 * stands for itself.
 */
export function readRepetition(token: string, source: PatternSource): Repetition | undefined {
  const times = token === '{' ? readBraces(source) : {min: token === '+' ? 1 : 0, max: token === '?' ? 1 : mostRepeats}
  if (!times) return undefined
  return {...times, mode: source.accept('?') ? 'lazy' : source.accept('+') ? 'possessive' : 'greedy'}
}

/** @throws {PatternError} for what cannot be repeated */
export function repeated(item: Item | undefined, token: string, {min, max, mode}: Repetition): Item {
  if (!item || item.kind === 'place') throw new PatternError(told`"${token}" has nothing to repeat`)
  if (item.kind === 'repetition') throw new PatternError(told`"${token}" repeats a repetition`)
  return {
    kind: 'repetition',
    node: {kind: 'repeat', min, max, mode, node: item.node},
    width: {min: item.width.min * min, max: item.width.max * max},
  }
}

/** `2,3}` */
function readBraces(source: PatternSource): Width | undefined {
  if (source.next === '}') return undefined
  const start = source.position
  const low = source.run(digit)
  const high = source.accept(',') ? source.run(digit) : low
  if (!source.accept('}')) {
    source.seek(start)
    return undefined
  }
  const times = {min: Number(low || 0), max: high === '' ? mostRepeats : Number(high)}
  if ((low !== '' && times.min >= mostRepeats) || (high !== '' && times.max >= mostRepeats)) {
    throw new PatternError('a repetition is too large')
  }
  if (times.max < times.min) throw new PatternError(told`"{${low},${high}}" repeats at most less than at least`)
  return times
}
