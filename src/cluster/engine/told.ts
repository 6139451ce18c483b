import {sanitise} from '../../shared/sanitise.js'

/**
 * A sentence about something in a file. What is put in comes from the file, so each piece is made safe on its own: an
 * escape sequence that does not end would otherwise take the rest of the sentence with it.
 */
export function told(sentence: TemplateStringsArray, ...pieces: ReadonlyArray<string | number>): string {
  return String.raw({raw: sentence}, ...pieces.map(piece => sanitise(String(piece), {maxLength: 200})))
}
