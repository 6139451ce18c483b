import {told} from '../told.js'
import {type InlineFlags, incompatible, readFlags} from './pattern-flags.js'
import {capped, either, mostRepeats, noWidth, oneCharacter, PatternGroups, type Width} from './pattern-groups.js'
import {octalCode, PatternError, PatternSource, unknownEscape} from './pattern-source.js'

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
    new PatternParser(pattern).parse()
    return undefined
  } catch (error) {
    if (error instanceof PatternError) return error.message
    throw error
  }
}

/** The last thing that a repetition could repeat. */
interface Item {
  kind: 'place' | 'repetition' | 'other'
  width: Width
}

class PatternParser {
  readonly #source: PatternSource
  readonly #groups = new PatternGroups()
  readonly #flags = new Set<string>()
  readonly #conditions: number[] = []

  constructor(pattern: string) {
    this.#source = new PatternSource(pattern)
  }

  parse(): void {
    this.#alternatives(false, 0)
    if (this.#flags.has('a') && this.#flags.has('u')) throw incompatible()
    if (this.#source.next !== undefined) throw new PatternError('")" without "("')
    if (this.#conditions.some(group => group >= this.#groups.count)) {
      throw new PatternError('a condition names a group that there is not')
    }
  }

  #alternatives(verbose: boolean, depth: number): Width {
    if (depth > deepest) throw new PatternError('its groups are nested too deeply')
    const widths: Width[] = []
    let skipSpace = verbose
    do {
      widths.push(this.#sequence(skipSpace, depth + 1, depth === 0 && widths.length === 0))
      if (depth === 0) skipSpace = this.#flags.has('x')
    } while (this.#source.accept('|'))
    return capped(either(widths))
  }

  #sequence(verbose: boolean, depth: number, first: boolean): Width {
    const source = this.#source
    const items: Item[] = []
    let skipSpace = verbose
    for (;;) {
      const token = source.next
      if (token === undefined || token === '|' || token === ')') break
      source.take()
      if (skipSpace && /^[ \t\n\r\v\f]$/.test(token)) continue
      if (skipSpace && token === '#') {
        for (let skipped = source.take(); skipped !== undefined && skipped !== '\n'; skipped = source.take());
      } else if (token.startsWith('\\')) items.push(this.#escape(token))
      else if (token === '^' || token === '$') items.push({kind: 'place', width: noWidth})
      else if (token === '[') {
        source.readClass()
        items.push({kind: 'other', width: oneCharacter})
      } else if (/^[*+?{]$/.test(token)) this.#repetition(token, items)
      else if (token === '(') {
        const group = this.#group(skipSpace, depth)
        if (group === 'global flags') {
          if (!first || items.length > 0) throw new PatternError('flags for the whole pattern stand inside of it')
          skipSpace = this.#flags.has('x')
        } else if (group) items.push({kind: 'other', width: group})
      } else items.push({kind: 'other', width: oneCharacter})
    }
    const sum = (end: 'min' | 'max') => items.reduce((total, {width}) => total + width[end], 0)
    return capped({min: sum('min'), max: sum('max')})
  }

  #escape(token: string): Item {
    const letter = token.slice(1)
    if (/^[AbBZ]$/.test(letter)) return {kind: 'place', width: noWidth}
    if (digit.test(letter)) return {kind: 'other', width: this.#numberEscape(letter)}
    const known = /^[dDsSwW]$/.test(letter) || this.#source.commonEscape(letter) !== undefined
    if (!known && /^[a-zA-Z]$/.test(letter)) throw unknownEscape(token)
    return {kind: 'other', width: oneCharacter}
  }

  /** An octal number, or a reference to a group. */
  #numberEscape(first: string): Width {
    if (first === '0') {
      this.#source.run(octal, 2)
      return oneCharacter
    }
    const number = first + this.#source.run(digit, 1)
    if (/^[0-7]{2}$/.test(number) && octal.test(this.#source.next ?? '')) {
      octalCode(number + this.#source.run(octal, 1))
      return oneCharacter
    }
    if (Number(number) >= this.#groups.count) throw new PatternError(told`there is no group ${number}`)
    return this.#groups.refer(Number(number))
  }

  #repetition(token: string, items: Item[]): void {
    const source = this.#source
    let times: Width = {min: token === '+' ? 1 : 0, max: token === '?' ? 1 : mostRepeats}
    if (token === '{') {
      const braces = source.next === '}' ? undefined : this.#braces()
      if (!braces) {
        items.push({kind: 'other', width: oneCharacter})
        return
      }
      times = braces
    }
    const item = items.pop()
    if (!item || item.kind === 'place') throw new PatternError(told`"${token}" has nothing to repeat`)
    if (item.kind === 'repetition') throw new PatternError(told`"${token}" repeats a repetition`)
    if (!source.accept('?')) source.accept('+')
    items.push({
      kind: 'repetition',
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
  #group(verbose: boolean, depth: number): Width | 'global flags' | undefined {
    const source = this.#source
    if (!source.accept('?')) return this.#capture(undefined, verbose, depth)
    const token = source.take()
    if (token === undefined) throw new PatternError('"(?" at the end')
    switch (token) {
      case 'P':
        return this.#named(verbose, depth)
      case ':':
      case '>':
        return this.#body(verbose, depth)
      case '#':
        return this.#comment()
      case '=':
      case '!':
        this.#body(verbose, depth)
        return noWidth
      case '<':
        return this.#lookBehind(verbose, depth)
      case '(':
        return this.#condition(verbose, depth)
      default:
        return this.#flagged(token, verbose, depth)
    }
  }

  #body(verbose: boolean, depth: number): Width {
    const width = this.#alternatives(verbose, depth + 1)
    if (!this.#source.accept(')')) throw new PatternError('"(" without ")"')
    return width
  }

  #capture(name: string | undefined, verbose: boolean, depth: number): Width {
    const number = this.#groups.open(name)
    const width = this.#body(verbose, depth)
    this.#groups.close(number, width)
    return width
  }

  #named(verbose: boolean, depth: number): Width {
    const source = this.#source
    if (source.accept('<')) return this.#capture(this.#name('>'), verbose, depth)
    if (source.accept('=')) return this.#groups.refer(this.#groups.numberOf(this.#name(')')))
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

  #lookBehind(verbose: boolean, depth: number): Width {
    const token = this.#source.take()
    if (token !== '=' && token !== '!')
      throw new PatternError(told`"(?<${token ?? ''}" means nothing; names need (?P<…>)`)
    const outermost = this.#groups.lookBehindFrom === undefined
    this.#groups.lookBehindFrom ??= this.#groups.count
    const {min, max} = this.#body(verbose, depth)
    if (outermost) this.#groups.lookBehindFrom = undefined
    if (min !== max) throw new PatternError('a look-behind may take more or fewer characters')
    return noWidth
  }

  #condition(verbose: boolean, depth: number): Width {
    const source = this.#source
    const name = source.until(')', 'the name of a group')
    const number = identifier.test(name) ? this.#groups.numberOf(name) : groupNumber(name)
    this.#conditions.push(number)
    this.#groups.mustPrecedeLookBehind(number)
    const yes = this.#sequence(verbose, depth + 1, false)
    const no = source.accept('|') ? this.#sequence(verbose, depth + 1, false) : noWidth
    if (source.next === '|') throw new PatternError('a condition has more than two branches')
    if (!source.accept(')')) throw new PatternError('"(" without ")"')
    // As in Python: without a second branch the condition may take nothing, but never more than the first.
    return {min: Math.min(yes.min, no.min), max: Math.max(yes.max, no.max)}
  }

  #flagged(token: string, verbose: boolean, depth: number): Width | 'global flags' {
    if (token !== '-' && !/^[iLmsxatu]$/.test(token)) throw new PatternError(told`"(?${token}" means nothing`)
    const flags: InlineFlags = readFlags(this.#source, token)
    if (flags.global) {
      for (const flag of flags.on) this.#flags.add(flag)
      return 'global flags'
    }
    return this.#body((verbose || flags.on.has('x')) && !flags.off.has('x'), depth)
  }
}

function groupNumber(text: string): number {
  const plain = text.trim()
  if (!/^\+?\d+(_\d+)*$/.test(plain)) throw new PatternError(told`"${text}" cannot be the name of a group`)
  const number = Number(plain.replaceAll('_', ''))
  if (number === 0) throw new PatternError('a condition cannot ask for group 0')
  return number
}
