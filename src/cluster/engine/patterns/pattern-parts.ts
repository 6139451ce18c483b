import {noWidth, oneCharacter, type Width} from './pattern-groups.js'
import type {PatternNode, Place, Scope} from './pattern-tree.js'

/** A piece of a pattern, and how much text it takes. */
export interface Part {
  node: PatternNode
  width: Width
}

/** A piece that a repetition may follow: it repeats no place, and no repetition. */
export interface Item extends Part {
  kind: 'place' | 'repetition' | 'other'
}

/** What takes one character. */
export function one(node: PatternNode): Item {
  return {kind: 'other', node, width: oneCharacter}
}

export function place(place: Place, {ascii}: Scope): Item {
  return {kind: 'place', node: {kind: 'place', place, ascii}, width: noWidth}
}

/** `^` or `$`. */
export function edge(token: '^' | '$', scope: Scope): Item {
  if (token === '^') return place(scope.multiline ? 'line start' : 'start', scope)
  return place(scope.multiline ? 'line end' : 'end', scope)
}

export function literal(code: number, scope: Scope): Item {
  return one({kind: 'literal', code, ...caseOf(scope)})
}

export function caseOf({ignoreCase, ascii}: Scope): Pick<Scope, 'ignoreCase' | 'ascii'> {
  return {ignoreCase, ascii}
}
