import {sanitise} from '../../shared/sanitise.js'

// Terminals drop what is longer; 74,994 is what xterm and tmux take.
const mostCharacters = 74_994

/**
 * What makes a terminal put a text on the clipboard (OSC 52): the terminal of the user, also over SSH. The text is made
 * one harmless line first, as somebody will paste it into a shell.
 *
 * @returns undefined for a text that is too long
 */
export function clipboardSequence(text: string, {inTmux}: {inTmux: boolean}): string | undefined {
  const encoded = Buffer.from(sanitise(text, {maxLength: mostCharacters})).toString('base64')
  if (encoded.length > mostCharacters) return undefined
  const sequence = `\u001B]52;c;${encoded}\u0007`
  if (!inTmux) return sequence
  // tmux either takes the sequence itself (`set-clipboard on`), or hands on what is wrapped (`allow-passthrough on`).
  return `${sequence}\u001BPtmux;${sequence.replaceAll('\u001B', '\u001B\u001B')}\u001B\\`
}
