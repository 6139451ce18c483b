import type {Key as InkKey} from 'ink'

/**
 * A pressed key by its name: `a`, `A`, `/`, `space`, `enter`, `esc`, `up`, `pgdn`, `ctrl-c`. Characters that arrive
 * together, as after a pause of the line or in a paste, are one event for Ink and several keys here.
 */
export function keysOf(input: string, key: InkKey): string[] {
  const special = specialKey(key)
  if (special !== undefined) return [special]
  if (key.ctrl && input !== '') return [`ctrl-${input.toLowerCase()}`]
  if (key.meta) return input === '' ? [] : [`alt-${input}`]
  return Array.from(input, nameOf).filter(name => name !== '')
}

function specialKey(key: InkKey): string | undefined {
  if (key.upArrow) return 'up'
  if (key.downArrow) return 'down'
  if (key.leftArrow) return 'left'
  if (key.rightArrow) return 'right'
  if (key.pageUp) return 'pgup'
  if (key.pageDown) return 'pgdn'
  if (key.home) return 'home'
  if (key.end) return 'end'
  if (key.return) return 'enter'
  if (key.escape) return 'esc'
  if (key.tab) return key.shift ? 'shift-tab' : 'tab'
  if (key.backspace) return 'backspace'
  if (key.delete) return 'delete'
  return undefined
}

const letters = 26
const beforeA = 0x60

function nameOf(character: string): string {
  if (character === ' ') return 'space'
  if (character === '\r' || character === '\n') return 'enter'
  if (character === '\t') return 'tab'
  if (character === '\u007F' || character === '\b') return 'backspace'
  const code = character.codePointAt(0) ?? 0
  // A key that is held down sends its control character several times at once.
  if (code >= 1 && code <= letters) return `ctrl-${String.fromCodePoint(code + beforeA)}`
  // The other control characters are neither text nor keys of ours.
  return character < ' ' ? '' : character
}

/** A text after a key: typed, taken back, or emptied by Ctrl-U. Undefined for a key that is about no text. */
export function edited(text: string, key: string): string | undefined {
  if (key === 'backspace') return Array.from(text).slice(0, -1).join('')
  if (key === 'ctrl-u') return ''
  if (key === 'space') return `${text} `
  return Array.from(key).length === 1 ? text + key : undefined
}
