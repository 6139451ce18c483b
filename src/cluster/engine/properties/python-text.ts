/**
 * Text as Python's `str` sees it. JavaScript's `trim` and `\s` take U+FEFF for white space and leave U+001C to U+001F
 * and U+0085 alone; for Python it is the other way round, and a byte-order mark decides whether a file can be read.
 */
const space = String.raw`\t-\r\u001C-\u0020\u0085\u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000`
const leading = new RegExp(`^[${space}]+`, 'u')
const spaces = new RegExp(`[${space}]+`, 'u')
const nonSpace = new RegExp(`[^${space}]`, 'u')
const spaceCharacter = new RegExp(`^[${space}]$`, 'u')

/** `str.rstrip()`. */
export function rightStrip(text: string): string {
  // A pattern with $ would look at each run of spaces again from each of its characters.
  let end = text.length
  while (end > 0 && spaceCharacter.test(text.charAt(end - 1))) end--
  return text.slice(0, end)
}

/** `str.strip()`. */
export function strip(text: string): string {
  return rightStrip(text.replace(leading, ''))
}

/** Where the first character that is no white space stands; 0 when there is none. */
export function indentOf(line: string): number {
  return Math.max(0, line.search(nonSpace))
}

/** `str.split()` without arguments: words between runs of white space. */
export function words(text: string): string[] {
  return text.split(spaces).filter(word => word !== '')
}

/** Lines as a text file gives them to Python: all three kinds of line end are one, and only they end a line. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}
