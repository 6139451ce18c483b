import type {Span, Tone} from '../../presentation/text.js'
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

/** A span that may be marked beside its tone, as what was searched for. */
export interface PaintSpan extends Span {
  mark?: 'underlined' | 'inverse' | undefined
}

export interface RowStyle {
  /** Inverse, over the whole width. */
  selected?: boolean
  /** Filled up to the width, so that something can stand right of it. */
  filled?: boolean
}

/**
 * Makes one row of a screen out of spans, of at most `width` cells, cut with `…`. All text of a cluster passes here, so that
 * none of it moves the cursor or poses as a row of ours.
 */
export class Painter {
  readonly #color: boolean

  constructor({color}: {color: boolean}) {
    this.#color = color
  }

  row(line: readonly PaintSpan[], width: number, {selected = false, filled = selected}: RowStyle = {}): string {
    let room = width
    let painted = ''
    for (const span of line) {
      if (room <= 0) break
      const text = truncate(sanitise(span.text), room)
      room -= widthOf(text)
      painted += selected ? text : this.#paint({...span, text})
    }
    const whole = filled ? painted + ' '.repeat(Math.max(0, room)) : painted
    return selected ? `\u001B[7m${whole}\u001B[27m` : whole
  }

  #paint({text, tone, mark}: PaintSpan): string {
    if (text === '') return ''
    const marked =
      mark === undefined ? text : mark === 'inverse' ? `\u001B[7m${text}\u001B[27m` : `\u001B[4m${text}\u001B[24m`
    if (tone === undefined || (isColour[tone] && !this.#color)) return marked
    return `\u001B[${codes[tone]}m${marked}\u001B[${tone === 'calm' || tone === 'title' ? '22' : '39'}m`
  }
}

/** Cells that a line takes when nothing is cut. */
export function lineWidth(line: readonly Span[]): number {
  return line.reduce((width, {text}) => width + widthOf(sanitise(text)), 0)
}
