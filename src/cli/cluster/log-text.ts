import {sanitise} from '../../shared/sanitise.js'
import type {Io, Style} from '../io.js'

const levels: Readonly<Record<number, {word: string; style: Style}>> = {
  10: {word: 'TRACE', style: 'dim'},
  20: {word: 'DEBUG', style: 'dim'},
  30: {word: 'INFO', style: 'green'},
  40: {word: 'WARN', style: 'yellow'},
  50: {word: 'ERROR', style: 'red'},
  60: {word: 'FATAL', style: 'red'},
}

/** A line of the cluster's log for people. What is no JSON object, such as the last words of a crash, is shown as it is. */
export function logText(io: Io, line: string): string {
  const entry = parse(line)
  if (entry === undefined) return sanitise(line)
  const {time, level, msg, service, ...rest} = entry
  const {word, style} = levels[Number(level)] ?? {word: String(level), style: 'dim' as const}
  const facts = Object.entries(rest).map(([name, value]) => `${name}=${factOf(value)}`)
  const where = typeof service === 'string' ? `[${service}] ` : ''
  const head = `${io.paint('dim', sanitise(String(time)))} ${io.paint(style, sanitise(word).padEnd(5))}`
  return `${head} ${sanitise(`${where}${String(msg)}`)}${facts.length === 0 ? '' : io.paint('dim', ` ${sanitise(facts.join(' '))}`)}`
}

function factOf(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'message' in value) return JSON.stringify(value.message)
  return typeof value === 'string' && /^\S+$/.test(value) ? value : JSON.stringify(value)
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    // Not ours: the caller shows it as it is.
    return undefined
  }
}
