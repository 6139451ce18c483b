/**
 * All text that comes from a cluster (bank names, messages, log lines, header values) is untrusted:
 * whoever writes a bank's log could otherwise move the cursor, forge a row, set the clipboard or
 * hide text on an administrator's screen (CWE-150; CVE-2021-25743 was this in kubectl).
 */

// Sequences are removed whole, so that their payload does not stay behind as text: CSI; OSC, DCS, SOS, PM and APC
// up to their terminator, to the escape or line end that cuts them off, or to the end; escapes of two bytes. Each
// alternative matches whatever follows its introducer, so nothing is looked at twice, however hostile the text is.
const escapeSequences =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is matched
  // oxlint-disable-next-line no-control-regex
  /(?:\u001B\[|\u009B)[0-?]*[ -/]*[@-~]?|(?:\u001B[\]PX^_]|[\u0090\u0098\u009D-\u009F])[^\u0007\u001B\u009C\n]*(?:\u0007|\u001B\\|\u009C|)|\u001B[ -/]*[0-~]?/gu

// What a terminal obeys, or what shows nothing or reorders what is shown: C1 controls and DEL; every character that
// Unicode lets a renderer ignore (zero-width, bidirectional controls, fillers, variation selectors, tags);
// line and paragraph separators; interlinear annotation.
const unprintable = String.raw`\u007F-\u009F\p{Default_Ignorable_Code_Point}\u2028\u2029\uFFF9-\uFFFB`

// C0 but tab and newline, and lone surrogates, on top of those.
const forbidden = new RegExp(String.raw`[\u0000-\u0008\u000B-\u001F\p{Surrogate}${unprintable}]`, 'gu')
/** Most texts, which need no closer look. */
const printable = /^[ -~]*$/
const escapedInJson = new RegExp(`[${unprintable}]`, 'gu')

export interface SanitiseOptions {
  /** Keep line feeds and tabs; otherwise each becomes one space, so the result is one line. */
  multiline?: boolean
  /** Longest result, in UTF-16 units; a longer one ends in `…`. Default 4,096. */
  maxLength?: number
}

/** Text that is safe to write to a terminal. Idempotent. Not for JSON output: see `escapeJson`. */
export function sanitise(text: string, {multiline = false, maxLength = 4096}: SanitiseOptions = {}): string {
  if (text.length <= maxLength && printable.test(text)) return text
  // CR LF is a line ending of ordinary logs; a lone CR rewrites the line it stands on.
  let safe = text.replaceAll('\r\n', '\n').replaceAll(escapeSequences, '').replaceAll(forbidden, '')
  if (!multiline) safe = safe.replaceAll(/[\n\t]/gu, ' ')
  if (safe.length <= maxLength) return safe
  return maxLength > 0 ? `${trimLoneSurrogate(safe.slice(0, maxLength - 1))}…` : ''
}

function trimLoneSurrogate(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text
}

/**
 * Escapes in a JSON text what `JSON.stringify` leaves as it is and a terminal would obey
 * (C1 controls, bidirectional and invisible characters). The parsed value stays the same.
 */
export function escapeJson(json: string): string {
  return json.replaceAll(escapedInJson, character =>
    Array.from(
      {length: character.length},
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  )
}
