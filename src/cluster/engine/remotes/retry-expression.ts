import {told} from '../told.js'

/** The part of Python's expressions in which retries are written. */
export type Expression =
  | {kind: 'number'; value: number}
  | {kind: 'name'; name: string}
  | {kind: 'call'; name: string; args: Expression[]; named: Map<string, Expression>}
  | {kind: 'operation'; operator: '|' | '&' | '+'; left: Expression; right: Expression}

const token = /\s*(?:(?<number>(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<name>[A-Za-z_]\w*)|(?<sign>[|&+(),=]))/y
const longest = 1000
const deepest = 20

/** @throws {SyntaxError} for what is none */
export function parseExpression(text: string): Expression {
  if (text.length > longest) throw new SyntaxError('it is too long')
  return new Reader(text).read()
}

// From the loosest to the tightest.
const operators = ['|', '&', '+'] as const

class Reader {
  readonly #tokens: string[] = []
  #index = 0

  constructor(text: string) {
    const trimmed = text.trimEnd()
    token.lastIndex = 0
    let at = 0
    while (at < trimmed.length) {
      token.lastIndex = at
      const found = token.exec(trimmed)
      if (!found) throw new SyntaxError(told`"${trimmed.slice(at, at + 20)}" is not expected`)
      this.#tokens.push(found[0].trim())
      at = token.lastIndex
    }
  }

  read(): Expression {
    const expression = this.#operation(0, 0)
    const rest = this.#tokens[this.#index]
    if (rest !== undefined) throw new SyntaxError(told`"${rest}" is not expected`)
    return expression
  }

  #operation(level: number, depth: number): Expression {
    if (depth > deepest) throw new SyntaxError('it is nested too deeply')
    const operator = operators[level]
    if (operator === undefined) return this.#operand(depth)
    let left = this.#operation(level + 1, depth)
    while (this.#accept(operator)) left = {kind: 'operation', operator, left, right: this.#operation(level + 1, depth)}
    return left
  }

  #operand(depth: number): Expression {
    const token = this.#take()
    if (token === '(') {
      const inner = this.#operation(0, depth + 1)
      this.#expect(')')
      return inner
    }
    if (/^[\d.]/.test(token)) return {kind: 'number', value: Number(token.replaceAll('_', ''))}
    if (!/^[A-Za-z_]/.test(token)) throw new SyntaxError(told`"${token}" is not expected`)
    return this.#accept('(') ? this.#call(token, depth + 1) : {kind: 'name', name: token}
  }

  #call(name: string, depth: number): Expression {
    const args: Expression[] = []
    const named = new Map<string, Expression>()
    while (!this.#accept(')')) {
      if (args.length + named.size > 0) {
        this.#expect(',')
        if (this.#accept(')')) break
      }
      const key = this.#tokens[this.#index]
      if (key !== undefined && this.#tokens[this.#index + 1] === '=') {
        this.#index += 2
        if (named.has(key)) throw new SyntaxError(told`"${key}" is given twice`)
        named.set(key, this.#operation(0, depth))
      } else if (named.size > 0) throw new SyntaxError('arguments without name come first')
      else args.push(this.#operation(0, depth))
    }
    return {kind: 'call', name, args, named}
  }

  #take(): string {
    const token = this.#tokens[this.#index++]
    if (token === undefined) throw new SyntaxError('it does not end')
    return token
  }

  #accept(token: string): boolean {
    if (this.#tokens[this.#index] !== token) return false
    this.#index++
    return true
  }

  #expect(token: string): void {
    const found = this.#take()
    if (found !== token) throw new SyntaxError(told`"${token}" is expected, not "${found}"`)
  }
}
