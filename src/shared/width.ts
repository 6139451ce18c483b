// East Asian wide and fullwidth blocks, and what is drawn as an emoji.
const wideBlocks =
  /^[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]/u

/** Texts of our own: ASCII, Latin, and the symbols that mark states. One cell each. */
const narrow = /^[ -~\u00A1-\u00AC\u00AE-\u017F\u2010-\u2027\u2190-\u21FF\u2212\u23CE\u2500-\u25CF\u2713\u2717]*$/

/** Cells that a text without escape sequences takes on a terminal. */
export function widthOf(text: string): number {
  if (narrow.test(text)) return text.length
  return segmentsOf(text).reduce((width, segment) => width + widthOfSegment(segment), 0)
}

/** The beginning of a text that fits, ending in `…` when something is missing. */
export function truncate(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  let room = width - 1
  for (const segment of segmentsOf(text)) {
    room -= widthOfSegment(segment)
    if (room < 0) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

/** What readers take for one character each. Made here and not when the module is loaded: its tables take 5 ms. */
function segmentsOf(text: string): string[] {
  return Array.from(new Intl.Segmenter().segment(text), ({segment}) => segment)
}

function widthOfSegment(segment: string): number {
  if (wideBlocks.test(segment) || /^\p{Emoji_Presentation}/u.test(segment)) return 2
  return /^\p{M}/u.test(segment) ? 0 : 1
}
