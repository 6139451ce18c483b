import {told} from '../told.js'
import type {PatternGroups} from './pattern-groups.js'
import {caseOf, type Item, literal, one, type Part, place} from './pattern-parts.js'
import {octalCode, PatternError, type PatternSource, unknownEscape} from './pattern-source.js'
import type {Category, Place, Scope} from './pattern-tree.js'

export interface EscapeContext {
  source: PatternSource
  groups: PatternGroups
  scope: Scope
}

const digit = /^[0-9]$/
const octal = /^[0-7]$/

const places: Readonly<Record<string, Place>> = {
  A: 'start',
  Z: 'text end',
  b: 'word edge',
  B: 'no word edge',
}

/** What a backslash and the character after it mean outside of brackets. The token has been taken. */
export function readEscape(token: string, context: EscapeContext): Item {
  const {source, scope} = context
  const letter = token.slice(1)
  const where = places[letter]
  if (where) return place(where, scope)
  if (digit.test(letter)) return readNumber(letter, context)
  if (/^[dDsSwW]$/.test(letter)) {
    const items = [{category: letter as Category}]
    return one({kind: 'class', negated: false, items, ignoreCase: false, ascii: scope.ascii})
  }
  const code = source.commonEscape(letter)
  if (code !== undefined) return literal(code, scope)
  if (/^[a-zA-Z]$/.test(letter)) throw unknownEscape(token)
  return literal(letter.codePointAt(0) ?? 0, scope)
}

/** A reference to what a group has taken. */
export function reference(group: number, {groups, scope}: Pick<EscapeContext, 'groups' | 'scope'>): Part {
  return {node: {kind: 'reference', group, ...caseOf(scope)}, width: groups.refer(group)}
}

/** An octal number, or a reference to a group. */
function readNumber(first: string, {source, groups, scope}: EscapeContext): Item {
  if (first === '0') return literal(octalCode(first + source.run(octal, 2)), scope)
  const number = first + source.run(digit, 1)
  if (/^[0-7]{2}$/.test(number) && octal.test(source.next ?? '')) {
    return literal(octalCode(number + source.run(octal, 1)), scope)
  }
  if (Number(number) >= groups.count) throw new PatternError(told`there is no group ${number}`)
  return {kind: 'other', ...reference(Number(number), {groups, scope})}
}
