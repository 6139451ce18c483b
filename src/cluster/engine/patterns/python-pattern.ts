import {incompatible, noFlags, scoped} from './pattern-flags.js'
import {capped, either, PatternGroups} from './pattern-groups.js'
import {caseOf, edge, type Item, literal, one, type Part} from './pattern-parts.js'
import {PatternError, PatternSource} from './pattern-source.js'
import {type PatternNode, type PatternTree, type Scope, sequence} from './pattern-tree.js'
import {readEscape} from './read-escape.js'
import {GroupReader} from './read-group.js'
import {readRepetition, repeated} from './read-repetition.js'

/** The same depth at which Python runs out of its stack, more or less. */
const deepest = 400

/**
 * Why Python 3.11's `re.compile` refuses a pattern, or undefined when it takes it. Syntax, references to groups, and
 * the fixed width of look-behinds are checked; the names of `\N{…}` are not.
 */
export function pythonPatternProblem(pattern: string): string | undefined {
  try {
    parsePythonPattern(pattern)
    return undefined
  } catch (error) {
    if (error instanceof PatternError) return error.message
    throw error
  }
}

/**
 * A pattern as Python 3.11 understands it.
 *
 * @throws {PatternError} for what Python refuses
 */
export function parsePythonPattern(pattern: string): PatternTree & {unknownNames: readonly string[]} {
  return new PatternParser(pattern).parse()
}

class PatternParser {
  readonly #source: PatternSource
  readonly #groups = new PatternGroups()
  readonly #flags = new Set<string>()
  readonly #conditions: number[] = []
  readonly #groupReader: GroupReader

  constructor(pattern: string) {
    this.#source = new PatternSource(pattern)
    this.#groupReader = new GroupReader({
      source: this.#source,
      groups: this.#groups,
      flags: this.#flags,
      conditions: this.#conditions,
      alternatives: (scope, depth) => this.#alternatives(scope, depth),
      sequence: (scope, depth) => this.#sequence(scope, depth, false),
    })
  }

  parse(): PatternTree & {unknownNames: readonly string[]} {
    const {node} = this.#alternatives(noFlags, 0)
    if (this.#flags.has('a') && this.#flags.has('u')) throw incompatible()
    if (this.#source.next !== undefined) throw new PatternError('")" without "("')
    if (this.#conditions.some(group => group >= this.#groups.count)) {
      throw new PatternError('a condition names a group that there is not')
    }
    const {names, count} = this.#groups
    return {node, groups: count - 1, names, unknownNames: this.#source.unknownNames}
  }

  #alternatives(outer: Scope, depth: number): Part {
    if (depth > deepest) throw new PatternError('its groups are nested too deeply')
    const parts: Part[] = []
    let scope = outer
    do {
      parts.push(this.#sequence(scope, depth + 1, depth === 0 && parts.length === 0))
      if (depth === 0) scope = scoped(noFlags, this.#flags)
    } while (this.#source.accept('|'))
    const [only] = parts
    const node: PatternNode =
      parts.length === 1 && only ? only.node : {kind: 'choice', nodes: parts.map(part => part.node)}
    return {node, width: capped(either(parts.map(({width}) => width)))}
  }

  #sequence(outer: Scope, depth: number, first: boolean): Part {
    const source = this.#source
    const items: Item[] = []
    let scope = outer
    for (;;) {
      const token = source.next
      if (token === undefined || token === '|' || token === ')') break
      source.take()
      if (scope.verbose && /^[ \t\n\r\v\f]$/.test(token)) continue
      if (scope.verbose && token === '#') {
        for (let skipped = source.take(); skipped !== undefined && skipped !== '\n'; skipped = source.take());
      } else if (token.startsWith('\\')) items.push(readEscape(token, {source, groups: this.#groups, scope}))
      else if (token === '^' || token === '$') items.push(edge(token, scope))
      else if (token === '.') items.push(one({kind: 'any', newlines: scope.dotAll}))
      else if (token === '[') items.push(one({kind: 'class', ...source.readClass(), ...caseOf(scope)}))
      else if (/^[*+?{]$/.test(token)) {
        const repetition = readRepetition(token, source)
        items.push(repetition ? repeated(items.pop(), token, repetition) : literal(0x7b, scope))
      } else if (token === '(') {
        const group = this.#groupReader.read(scope, depth)
        if (group === 'global flags') {
          if (!first || items.length > 0) throw new PatternError('flags for the whole pattern stand inside of it')
          scope = scoped(noFlags, this.#flags)
        } else if (group) items.push({kind: 'other', ...group})
      } else items.push(literal(token.codePointAt(0) ?? 0, scope))
    }
    const sum = (end: 'min' | 'max') => items.reduce((total, {width}) => total + width[end], 0)
    return {node: sequence(items.map(({node}) => node)), width: capped({min: sum('min'), max: sum('max')})}
  }
}
