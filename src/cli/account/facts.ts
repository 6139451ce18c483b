import {sanitise} from '../../shared/sanitise.js'
import type {Io} from '../io.js'

/** Facts below each other, their names dimmed and of one width. Values are made safe for the terminal; `style` comes after. */
export function factsText(io: Io, facts: ReadonlyArray<Fact | undefined>): string {
  const shown = facts.filter(fact => fact !== undefined)
  const width = Math.max(...shown.map(({name}) => name.length))
  return shown
    .map(({name, value, style}) => {
      const text = sanitise(value)
      return `${io.paint('dim', name.padEnd(width))}  ${style === undefined ? text : io.paint(style, text)}`
    })
    .join('\n')
}

export interface Fact {
  name: string
  value: string
  style?: Parameters<Io['paint']>[0]
}
