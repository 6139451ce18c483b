import type {Tone} from '../../../presentation/text.js'
import {type LogKind, searchPattern} from '../../data/log-buffer.js'
import type {PaintSpan} from '../../kit/paint.js'
import type {LogRow} from './log-window.js'

const looks: Readonly<Record<LogKind, {symbol: string; tone: Tone | undefined}>> = {
  error: {symbol: '✗', tone: 'bad'},
  warning: {symbol: '!', tone: 'worry'},
  debug: {symbol: ' ', tone: 'calm'},
  step: {symbol: '›', tone: 'title'},
  plain: {symbol: ' ', tone: undefined},
  mark: {symbol: ' ', tone: 'title'},
}

const narrowest = 60
const timeWidth = 9
const symbolWidth = 2
const margin = 1

/** Cells before the message; a narrow screen has no room for times. */
export function prefixWidth(width: number): number {
  return margin + (width < narrowest ? 0 : timeWidth) + symbolWidth
}

export interface Highlight {
  /** What is searched for; nothing when empty. */
  query: string
  /** Number of the line that the search stands at. */
  current: number | undefined
}

/** One row of the log; what was searched for is marked. */
export function logLine({entry, line, row, text}: LogRow, {query, current}: Highlight, width: number): PaintSpan[] {
  const {symbol, tone} = looks[entry.kind]
  if (entry.kind === 'mark') {
    const rule = '─'.repeat(Math.max(2, Math.floor((width - text.length - 4) / 2)))
    return [{text: ` ${rule} ${text} ${rule}`, tone}]
  }
  const hasTime = width >= narrowest
  const isFirst = row === 0
  return [
    {text: ' '.repeat(margin)},
    ...(hasTime ? [{text: (isFirst ? entry.time : '').padEnd(timeWidth), tone: 'calm' as const}] : []),
    {text: `${isFirst ? symbol : ' '} `, tone},
    ...highlighted(text, query, {tone, mark: line === current ? 'inverse' : 'underlined'}),
  ]
}

/** The pieces of a text, with those that match marked. */
export function highlighted(
  text: string,
  query: string,
  {tone, mark}: {tone: Tone | undefined; mark: 'underlined' | 'inverse'},
): PaintSpan[] {
  if (query === '') return [{text, tone}]
  const spans: PaintSpan[] = []
  let from = 0
  for (const match of text.matchAll(searchPattern(query, 'giu'))) {
    if (match.index > from) spans.push({text: text.slice(from, match.index), tone})
    spans.push({text: match[0], tone, mark})
    from = match.index + match[0].length
  }
  if (from < text.length || spans.length === 0) spans.push({text: text.slice(from), tone})
  return spans
}
