import type {Span, Tone} from '../../presentation/text.js'
import {sanitise} from '../../shared/sanitise.js'
import type {Io, Style} from '../io.js'

export const styles: Readonly<Record<Tone, Style>> = {
  good: 'green',
  bad: 'red',
  busy: 'cyan',
  calm: 'dim',
  worry: 'yellow',
  title: 'bold',
}

/** A span, safe for the terminal, in the colour of its tone. */
export function paintSpan(io: Io, {text, tone}: Span): string {
  const safe = sanitise(text)
  return tone === undefined || safe === '' ? safe : io.paint(styles[tone], safe)
}
