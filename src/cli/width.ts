const segmenter = new Intl.Segmenter()

// East Asian wide and fullwidth blocks, and what is drawn as an emoji.
const wide =
  /^[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{1F300}-\u{1FAFF}\u{20000}-\u{3FFFD}]|^\p{Emoji_Presentation}/u

/** Cells that a text without escape sequences takes on a terminal. */
export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  let width = 0
  for (const {segment} of segmenter.segment(text)) width += wide.test(segment) ? 2 : /^\p{M}/u.test(segment) ? 0 : 1
  return width
}

/** The beginning of a text that fits, ending in `…` when something is missing. */
export function truncate(text: string, width: number): string {
  if (widthOf(text) <= width) return text
  let kept = ''
  let room = width - 1
  for (const {segment} of segmenter.segment(text)) {
    room -= widthOf(segment)
    if (room < 0) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}
