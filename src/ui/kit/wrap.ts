import {sanitise} from '../../shared/sanitise.js'
import {truncate, widthOf} from '../../shared/width.js'

/** A text as rows of at most `width` cells, broken between words where it can be; at most `most` rows, the last one cut. */
export function wrapText(text: string, width: number, most = Number.POSITIVE_INFINITY): string[] {
  const room = Math.max(1, width)
  const rows: string[] = []
  for (const word of sanitise(text).split(' ')) {
    const last = rows.at(-1)
    const longer = last === undefined ? word : `${last} ${word}`
    if (last !== undefined && widthOf(longer) <= room) rows[rows.length - 1] = longer
    else rows.push(...pieces(word, room))
  }
  if (rows.length <= most) return rows
  return [...rows.slice(0, most - 1), truncate(rows.slice(most - 1).join(' '), room)]
}

/** A word that is wider than a row is broken where the row ends. */
function pieces(word: string, room: number): string[] {
  if (widthOf(word) <= room) return [word]
  const rows: string[] = ['']
  for (const character of word) {
    const longer = `${rows.at(-1) ?? ''}${character}`
    if (widthOf(longer) <= room) rows[rows.length - 1] = longer
    else rows.push(character)
  }
  return rows
}
