import {told} from '../told.js'
import {beginsFlags, readFlags, scoped} from './pattern-flags.js'
import {noWidth, type PatternGroups} from './pattern-groups.js'
import type {Part} from './pattern-parts.js'
import {PatternError, type PatternSource} from './pattern-source.js'
import {type Scope, sequence} from './pattern-tree.js'
import {reference} from './read-escape.js'

export interface GroupContext {
  source: PatternSource
  groups: PatternGroups
  /** Flags of the whole pattern so far. */
  flags: Set<string>
  /** Groups that conditions ask for; there may be none of that number yet. */
  conditions: number[]
  /** Reads what is between parentheses. */
  alternatives: (scope: Scope, depth: number) => Part
  /** Reads up to the next `|` or `)`. */
  sequence: (scope: Scope, depth: number) => Part
}

const identifier = /^[\p{XID_Start}_]\p{XID_Continue}*$/u

/** Reads everything that begins with a parenthesis. */
export class GroupReader {
  readonly #context: GroupContext

  constructor(context: GroupContext) {
    this.#context = context
  }

  /** What a parenthesis opens, which has been taken; undefined for a comment. */
  read(scope: Scope, depth: number): Part | 'global flags' | undefined {
    const {source} = this.#context
    if (!source.accept('?')) return this.#capture(undefined, scope, depth)
    const token = source.take()
    if (token === undefined) throw new PatternError('"(?" at the end')
    switch (token) {
      case 'P':
        return this.#named(scope, depth)
      case ':':
        return this.#body(scope, depth)
      case '>': {
        const {node, width} = this.#body(scope, depth)
        return {node: {kind: 'atomic', node}, width}
      }
      case '#':
        return this.#comment()
      case '=':
      case '!': {
        const {node} = this.#body(scope, depth)
        return {node: {kind: 'look', behind: null, negated: token === '!', node}, width: noWidth}
      }
      case '<':
        return this.#lookBehind(scope, depth)
      case '(':
        return this.#condition(scope, depth)
      default:
        return this.#flagged(token, scope, depth)
    }
  }

  #body(scope: Scope, depth: number): Part {
    const part = this.#context.alternatives(scope, depth + 1)
    if (!this.#context.source.accept(')')) throw new PatternError('"(" without ")"')
    return part
  }

  #capture(name: string | undefined, scope: Scope, depth: number): Part {
    const number = this.#context.groups.open(name)
    const {node, width} = this.#body(scope, depth)
    this.#context.groups.close(number, width)
    return {node: {kind: 'group', number, node}, width}
  }

  #named(scope: Scope, depth: number): Part {
    const {source, groups} = this.#context
    if (source.accept('<')) return this.#capture(this.#name('>'), scope, depth)
    if (source.accept('=')) return reference(groups.numberOf(this.#name(')')), {groups, scope})
    throw new PatternError(told`"(?P${source.next ?? ''}" means nothing`)
  }

  #name(terminator: string): string {
    const name = this.#context.source.until(terminator, 'the name of a group')
    if (!identifier.test(name)) throw new PatternError(told`"${name}" cannot be the name of a group`)
    return name
  }

  #comment(): undefined {
    for (let token = this.#context.source.take(); token !== ')'; token = this.#context.source.take()) {
      if (token === undefined) throw new PatternError('"(?#" without ")"')
    }
  }

  #lookBehind(scope: Scope, depth: number): Part {
    const token = this.#context.source.take()
    if (token !== '=' && token !== '!')
      throw new PatternError(told`"(?<${token ?? ''}" means nothing; names need (?P<…>)`)
    const outermost = this.#context.groups.lookBehindFrom === undefined
    this.#context.groups.lookBehindFrom ??= this.#context.groups.count
    const {node, width} = this.#body(scope, depth)
    if (outermost) this.#context.groups.lookBehindFrom = undefined
    if (width.min !== width.max) throw new PatternError('a look-behind may take more or fewer characters')
    return {node: {kind: 'look', behind: width.min, negated: token === '!', node}, width: noWidth}
  }

  #condition(scope: Scope, depth: number): Part {
    const {source} = this.#context
    const name = source.until(')', 'the name of a group')
    const group = identifier.test(name) ? this.#context.groups.numberOf(name) : groupNumber(name)
    this.#context.conditions.push(group)
    this.#context.groups.mustPrecedeLookBehind(group)
    const yes = this.#context.sequence(scope, depth + 1)
    const no = source.accept('|') ? this.#context.sequence(scope, depth + 1) : {node: sequence([]), width: noWidth}
    if (source.next === '|') throw new PatternError('a condition has more than two branches')
    if (!source.accept(')')) throw new PatternError('"(" without ")"')
    // As in Python: without a second branch the condition may take nothing, but never more than the first.
    const width = {min: Math.min(yes.width.min, no.width.min), max: Math.max(yes.width.max, no.width.max)}
    return {node: {kind: 'condition', group, yes: yes.node, no: no.node}, width}
  }

  #flagged(token: string, scope: Scope, depth: number): Part | 'global flags' {
    if (!beginsFlags(token)) throw new PatternError(told`"(?${token}" means nothing`)
    const flags = readFlags(this.#context.source, token)
    if (flags.global) {
      for (const flag of flags.on) this.#context.flags.add(flag)
      return 'global flags'
    }
    return this.#body(scoped(scope, flags.on, flags.off), depth)
  }
}

function groupNumber(text: string): number {
  const plain = text.trim()
  if (!/^\+?\d+(_\d+)*$/.test(plain)) throw new PatternError(told`"${text}" cannot be the name of a group`)
  const number = Number(plain.replaceAll('_', ''))
  if (number === 0) throw new PatternError('a condition cannot ask for group 0')
  return number
}
