import {told} from '../told.js'
import {type InlineFlags, incompatible, readFlags} from './pattern-flags.js'
import {capped, either, mostRepeats, noWidth, oneCharacter, PatternGroups, type Width} from './pattern-groups.js'
import {octalCode, PatternError, PatternSource, unknownEscape} from './pattern-source.js'
import {type Category, type PatternNode, type PatternTree, type Place, type Scope, sequence} from './pattern-tree.js'

/** The same depth at which Python runs out of its stack, more or less. */
const deepest = 400

const identifier = /^[\p{XID_Start}_]\p{XID_Continue}*$/u
const digit = /^[0-9]$/
const octal = /^[0-7]$/

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

interface Part {
  node: PatternNode
  width: Width
}

/** The last thing that a repetition could repeat. */
interface Item extends Part {
  kind: 'place' | 'repetition' | 'other'
}

const plain: Scope = {ignoreCase: false, multiline: false, dotAll: false, ascii: false, verbose: false}

function scoped(scope: Scope, on: ReadonlySet<string>, off: ReadonlySet<string> = new Set()): Scope {
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

class PatternParser {
  readonly #source: PatternSource
  readonly #groups = new PatternGroups()
  readonly #flags = new Set<string>()
  readonly #conditions: number[] = []

  constructor(pattern: string) {
    this.#source = new PatternSource(pattern)
  }

  parse(): PatternTree & {unknownNames: readonly string[]} {
    const {node} = this.#alternatives(plain, 0)
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
      if (depth === 0) scope = scoped(plain, this.#flags)
    } while (this.#source.accept('|'))
    const [only] = parts
    const node: PatternNode =
      parts.length === 1 && only ? only.node : {kind: 'choice', nodes: parts.map(part => part.node)}
    return {node, width: capped(either(parts.map(({width}) => width)))}
  }

  #sequence(outer: Scope, depth: number, first: boolean): Part {
    const source = this.#source
    const items: Item[] = []
    const other = (node: PatternNode, width: Width = oneCharacter) => items.push({kind: 'other', node, width})
    let scope = outer
    for (;;) {
      const token = source.next
      if (token === undefined || token === '|' || token === ')') break
      source.take()
      if (scope.verbose && /^[ \t\n\r\v\f]$/.test(token)) continue
      if (scope.verbose && token === '#') {
        for (let skipped = source.take(); skipped !== undefined && skipped !== '\n'; skipped = source.take());
      } else if (token.startsWith('\\')) items.push(this.#escape(token, scope))
      else if (token === '^' || token === '$') items.push(edge(token, scope))
      else if (token === '.') other({kind: 'any', newlines: scope.dotAll})
      else if (token === '[') other({kind: 'class', ...source.readClass(), ...caseOf(scope)})
      else if (/^[*+?{]$/.test(token)) this.#repetition(token, items, scope)
      else if (token === '(') {
        const group = this.#group(scope, depth)
        if (group === 'global flags') {
          if (!first || items.length > 0) throw new PatternError('flags for the whole pattern stand inside of it')
          scope = scoped(plain, this.#flags)
        } else if (group) other(group.node, group.width)
      } else other(literal(token.codePointAt(0) ?? 0, scope))
    }
    const sum = (end: 'min' | 'max') => items.reduce((total, {width}) => total + width[end], 0)
    return {node: sequence(items.map(({node}) => node)), width: capped({min: sum('min'), max: sum('max')})}
  }

  #escape(token: string, scope: Scope): Item {
    const letter = token.slice(1)
    const {ascii} = scope
    const place = places[letter]
    if (place) return {kind: 'place', node: {kind: 'place', place, ascii}, width: noWidth}
    if (digit.test(letter)) return {kind: 'other', ...this.#numberEscape(letter, scope)}
    if (/^[dDsSwW]$/.test(letter)) {
      return one({kind: 'class', negated: false, items: [{category: letter as Category}], ignoreCase: false, ascii})
    }
    const code = this.#source.commonEscape(letter)
    if (code !== undefined) return one(literal(code, scope))
    if (/^[a-zA-Z]$/.test(letter)) throw unknownEscape(token)
    return one(literal(letter.codePointAt(0) ?? 0, scope))
  }

  /** An octal number, or a reference to a group. */
  #numberEscape(first: string, scope: Scope): Part {
    const character = (digits: string): Part => ({node: literal(octalCode(digits), scope), width: oneCharacter})
    if (first === '0') return character(first + this.#source.run(octal, 2))
    const number = first + this.#source.run(digit, 1)
    if (/^[0-7]{2}$/.test(number) && octal.test(this.#source.next ?? '')) {
      return character(number + this.#source.run(octal, 1))
    }
    if (Number(number) >= this.#groups.count) throw new PatternError(told`there is no group ${number}`)
    return this.#reference(Number(number), scope)
  }

  #reference(group: number, scope: Scope): Part {
    return {node: {kind: 'reference', group, ...caseOf(scope)}, width: this.#groups.refer(group)}
  }

  #repetition(token: string, items: Item[], scope: Scope): void {
    const source = this.#source
    let times: Width = {min: token === '+' ? 1 : 0, max: token === '?' ? 1 : mostRepeats}
    if (token === '{') {
      const braces = source.next === '}' ? undefined : this.#braces()
      if (!braces) {
        items.push({kind: 'other', node: literal(0x7b, scope), width: oneCharacter})
        return
      }
      times = braces
    }
    const item = items.pop()
    if (!item || item.kind === 'place') throw new PatternError(told`"${token}" has nothing to repeat`)
    if (item.kind === 'repetition') throw new PatternError(told`"${token}" repeats a repetition`)
    const mode = source.accept('?') ? 'lazy' : source.accept('+') ? 'possessive' : 'greedy'
    items.push({
      kind: 'repetition',
      node: {kind: 'repeat', ...times, mode, node: item.node},
      width: {min: item.width.min * times.min, max: item.width.max * times.max},
    })
  }

  /** `{2,3}` after its brace; undefined when it only looks like one, and so stands for itself. */
  #braces(): Width | undefined {
    const source = this.#source
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

  /** What a parenthesis opens; undefined for a comment. */
  #group(scope: Scope, depth: number): Part | 'global flags' | undefined {
    const source = this.#source
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
    const part = this.#alternatives(scope, depth + 1)
    if (!this.#source.accept(')')) throw new PatternError('"(" without ")"')
    return part
  }

  #capture(name: string | undefined, scope: Scope, depth: number): Part {
    const number = this.#groups.open(name)
    const {node, width} = this.#body(scope, depth)
    this.#groups.close(number, width)
    return {node: {kind: 'group', number, node}, width}
  }

  #named(scope: Scope, depth: number): Part {
    const source = this.#source
    if (source.accept('<')) return this.#capture(this.#name('>'), scope, depth)
    if (source.accept('=')) return this.#reference(this.#groups.numberOf(this.#name(')')), scope)
    throw new PatternError(told`"(?P${source.next ?? ''}" means nothing`)
  }

  #name(terminator: string): string {
    const name = this.#source.until(terminator, 'the name of a group')
    if (!identifier.test(name)) throw new PatternError(told`"${name}" cannot be the name of a group`)
    return name
  }

  #comment(): undefined {
    for (let token = this.#source.take(); token !== ')'; token = this.#source.take()) {
      if (token === undefined) throw new PatternError('"(?#" without ")"')
    }
  }

  #lookBehind(scope: Scope, depth: number): Part {
    const token = this.#source.take()
    if (token !== '=' && token !== '!')
      throw new PatternError(told`"(?<${token ?? ''}" means nothing; names need (?P<…>)`)
    const outermost = this.#groups.lookBehindFrom === undefined
    this.#groups.lookBehindFrom ??= this.#groups.count
    const {node, width} = this.#body(scope, depth)
    if (outermost) this.#groups.lookBehindFrom = undefined
    if (width.min !== width.max) throw new PatternError('a look-behind may take more or fewer characters')
    return {node: {kind: 'look', behind: width.min, negated: token === '!', node}, width: noWidth}
  }

  #condition(scope: Scope, depth: number): Part {
    const source = this.#source
    const name = source.until(')', 'the name of a group')
    const group = identifier.test(name) ? this.#groups.numberOf(name) : groupNumber(name)
    this.#conditions.push(group)
    this.#groups.mustPrecedeLookBehind(group)
    const yes = this.#sequence(scope, depth + 1, false)
    const no = source.accept('|') ? this.#sequence(scope, depth + 1, false) : {node: sequence([]), width: noWidth}
    if (source.next === '|') throw new PatternError('a condition has more than two branches')
    if (!source.accept(')')) throw new PatternError('"(" without ")"')
    // As in Python: without a second branch the condition may take nothing, but never more than the first.
    const width = {min: Math.min(yes.width.min, no.width.min), max: Math.max(yes.width.max, no.width.max)}
    return {node: {kind: 'condition', group, yes: yes.node, no: no.node}, width}
  }

  #flagged(token: string, scope: Scope, depth: number): Part | 'global flags' {
    if (token !== '-' && !/^[iLmsxatu]$/.test(token)) throw new PatternError(told`"(?${token}" means nothing`)
    const flags: InlineFlags = readFlags(this.#source, token)
    if (flags.global) {
      for (const flag of flags.on) this.#flags.add(flag)
      return 'global flags'
    }
    return this.#body(scoped(scope, flags.on, flags.off), depth)
  }
}

const places: Readonly<Record<string, Place>> = {
  A: 'start',
  Z: 'text end',
  b: 'word edge',
  B: 'no word edge',
}

function edge(token: '^' | '$', {multiline, ascii}: Scope): Item {
  const place = token === '^' ? (multiline ? 'line start' : 'start') : multiline ? 'line end' : 'end'
  return {kind: 'place', node: {kind: 'place', place, ascii}, width: noWidth}
}

function one(node: PatternNode): Item {
  return {kind: 'other', node, width: oneCharacter}
}

function literal(code: number, scope: Scope): PatternNode {
  return {kind: 'literal', code, ...caseOf(scope)}
}

function caseOf({ignoreCase, ascii}: Scope): Pick<Scope, 'ignoreCase' | 'ascii'> {
  return {ignoreCase, ascii}
}

function groupNumber(text: string): number {
  const plain = text.trim()
  if (!/^\+?\d+(_\d+)*$/.test(plain)) throw new PatternError(told`"${text}" cannot be the name of a group`)
  const number = Number(plain.replaceAll('_', ''))
  if (number === 0) throw new PatternError('a condition cannot ask for group 0')
  return number
}
