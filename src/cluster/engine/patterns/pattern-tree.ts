/** What `(?i)`, `(?m)`, `(?s)`, `(?a)` and `(?x)` say at a place of a pattern. */
export interface Scope {
  ignoreCase: boolean
  multiline: boolean
  dotAll: boolean
  ascii: boolean
  verbose: boolean
}

export type Category = 'd' | 'D' | 's' | 'S' | 'w' | 'W'

/** What stands between brackets, or is said by `\d` and the like: a range of code points, or a category. */
export type ClassItem = {from: number; to: number} | {category: Category}

export type Place = 'start' | 'line start' | 'end' | 'line end' | 'text end' | 'word edge' | 'no word edge'

/** A pattern, understood. */
export type PatternNode =
  | {kind: 'empty'}
  | {kind: 'literal'; code: number; ignoreCase: boolean; ascii: boolean}
  | {kind: 'any'; newlines: boolean}
  | {kind: 'class'; negated: boolean; items: ClassItem[]; ignoreCase: boolean; ascii: boolean}
  | {kind: 'place'; place: Place; ascii: boolean}
  | {kind: 'sequence'; nodes: PatternNode[]}
  | {kind: 'choice'; nodes: PatternNode[]}
  | {kind: 'group'; number: number; node: PatternNode}
  | {kind: 'repeat'; min: number; max: number; mode: 'greedy' | 'lazy' | 'possessive'; node: PatternNode}
  | {kind: 'atomic'; node: PatternNode}
  | {kind: 'look'; behind: number | null; negated: boolean; node: PatternNode}
  | {kind: 'reference'; group: number; ignoreCase: boolean; ascii: boolean}
  | {kind: 'condition'; group: number; yes: PatternNode; no: PatternNode}

export interface PatternTree {
  node: PatternNode
  /** Capturing groups, without the whole pattern. */
  groups: number
  names: ReadonlyMap<string, number>
}

export function sequence(nodes: PatternNode[]): PatternNode {
  const [only] = nodes
  if (only === undefined) return {kind: 'empty'}
  return nodes.length === 1 ? only : {kind: 'sequence', nodes}
}
