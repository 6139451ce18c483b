import {told} from '../told.js'
/** Why a value cannot be read. */
export interface InterpolationProblem {
  kind: 'syntax' | 'unknown-key' | 'too-deep' | 'too-long'
  message: string
  /** With `unknown-key`: the key that nobody set. */
  reference?: string
}

export type Interpolated = {ok: true; value: string} | {ok: false; problem: InterpolationProblem}

const reference = /^%\(([^)]+)\)s/
const deepest = 10

/** How much work may be done. Ten steps of a hundred references each would fill any memory; Python would try. */
export interface ExpansionBudget {
  references: number
  characters: number
}

function budgetOfOneValue(): ExpansionBudget {
  return {references: 10_000, characters: 4 * 1024 * 1024}
}

/**
 * The value with each `%(key)s` replaced and each `%%` made `%`, as configparser's BasicInterpolation does it.
 *
 * @param rawOf value of a key (lower case) before interpolation
 * @param left what is left of the work; one budget may be shared by many values, and is used up
 */
export function interpolate(
  raw: string,
  rawOf: (key: string) => string | undefined,
  left: ExpansionBudget = budgetOfOneValue(),
): Interpolated {
  const pieces: string[] = []
  const problem = expand(raw, {rawOf, pieces, left, depth: 1})
  return problem ? {ok: false, problem} : {ok: true, value: pieces.join('')}
}

interface Expansion {
  rawOf: (key: string) => string | undefined
  pieces: string[]
  left: ExpansionBudget
  depth: number
}

function expand(text: string, {depth, ...expansion}: Expansion): InterpolationProblem | undefined {
  if (depth > deepest) {
    return {kind: 'too-deep', message: `its references go deeper than ${deepest} steps, or round in a circle`}
  }
  const {rawOf, pieces, left} = expansion
  left.characters -= text.length
  let rest = text
  while (rest !== '') {
    const percent = rest.indexOf('%')
    if (percent === -1) break
    pieces.push(rest.slice(0, percent))
    rest = rest.slice(percent)
    if (rest.startsWith('%%')) {
      pieces.push('%')
      rest = rest.slice(2)
      continue
    }
    const match = reference.exec(rest)
    if (!match) return {kind: 'syntax', message: syntaxMessage(rest)}
    rest = rest.slice(match[0].length)
    const key = (match[1] ?? '').toLowerCase()
    const value = rawOf(key)
    if (value === undefined) {
      return {kind: 'unknown-key', reference: key, message: told`it refers to "${key}", which is not set`}
    }
    left.references--
    left.characters -= value.length
    if (left.references < 0 || left.characters < 0) {
      return {kind: 'too-long', message: 'with all that it refers to it becomes too long'}
    }
    if (value.includes('%')) {
      const problem = expand(value, {...expansion, depth: depth + 1})
      if (problem) return problem
    } else pieces.push(value)
  }
  pieces.push(rest)
  return undefined
}

// The value itself is not shown: it may be a password.
function syntaxMessage(rest: string): string {
  return rest.startsWith('%(')
    ? 'a reference in it is not complete: it must look like %(key)s'
    : 'it has a single "%", which begins nothing that is known'
}
