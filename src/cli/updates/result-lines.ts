import type {Mark} from '../../presentation/text.js'
import {sanitise} from '../../shared/sanitise.js'
import type {Io} from '../io.js'
import {paintSpan} from '../terminal/tones.js'
import {widthOf} from '../../shared/width.js'
import {wrap} from '../../shared/wrap.js'

export const indent = '  '

/** What became of one bank. */
export interface BankResult {
  bank: string
  mark: Mark
  facts: string
  reason: string
}

/** Cells of the longest name, so that results stand below each other. */
export function nameWidth(results: readonly {bank: string}[]): number {
  return Math.max(...results.map(({bank}) => widthOf(sanitise(bank))))
}

/** Mark, bank, outcome, facts and reason in one line; the reason stands below where it would not fit. */
export function headLines(io: Io, result: BankResult, width: number): string[] {
  const {symbol, word, tone} = result.mark
  const bank = sanitise(result.bank)
  const facts = sanitise(result.facts)
  const reason = sanitise(result.reason)
  const gap = ' '.repeat(width - widthOf(bank))
  const plain = [`${symbol} ${bank}${gap}`, word, facts].filter(part => part !== '').join(indent)
  const painted = [
    `${paintSpan(io, {text: symbol, tone})} ${paintSpan(io, {text: bank, tone: 'title'})}${gap}`,
    paintSpan(io, {text: word, tone}),
    facts,
  ]
  const head = painted.filter(part => part !== '').join(indent)
  if (reason === '') return [head]
  const between = facts === '' ? indent : ': '
  if (widthOf(plain + between + reason) <= io.columns) return [head + between + reason]
  return [head, ...indented(io, reason)]
}

/** Text below a head line, broken at words. */
export function indented(io: Io, text: string): string[] {
  return wrap(text, io.columns - indent.length).map(line => indent + line)
}
