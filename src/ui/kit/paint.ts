import type {Line, Span, Tone} from '../../presentation/text.js'
import {sanitise} from '../../shared/sanitise.js'
import {truncate, widthOf} from '../../shared/width.js'

// The sixteen colours that every theme of a terminal defines, so that light and dark ones both stay readable.
const codes: Readonly<Record<Tone, string>> = {good: '32', bad: '31', busy: '36', calm: '2', worry: '33', title: '1'}
const isColour: Readonly<Record<Tone, boolean>> = {
  good: true,
  bad: true,
  busy: true,
  calm: false,
  worry: true,
  title: false,
}

/**
 * Makes one row of a screen out of spans, of at most `width` cells, cut with `…`; a selected one fills them all. All text of a cluster passes here, so that
 * none of it moves the cursor or poses as a row of ours.
 */
export class Painter {
  readonly #color: boolean

  constructor({color}: {color: boolean}) {
    this.#color = color
  }

  row(line: Line, width: number, {selected = false}: {selected?: boolean} = {}): string {
    let room = width
    let painted = ''
    for (const span of line) {
      if (room <= 0) break
      const text = truncate(sanitise(span.text), room)
      room -= widthOf(text)
      painted += selected ? text : this.#paint({...span, text})
    }
    return selected ? `\u001B[7m${painted}${' '.repeat(Math.max(0, room))}\u001B[27m` : painted
  }

  #paint({text, tone}: Span): string {
    if (tone === undefined || text === '' || (isColour[tone] && !this.#color)) return text
    return `\u001B[${codes[tone]}m${text}\u001B[${tone === 'calm' || tone === 'title' ? '22' : '39'}m`
  }
}

/** Cells that a line takes when nothing is cut. */
export function lineWidth(line: Line): number {
  return line.reduce((width, {text}) => width + widthOf(sanitise(text)), 0)
}
