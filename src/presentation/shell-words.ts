/** A command line for a POSIX shell, each word quoted where it must be. */
export function commandLine(words: readonly string[]): string {
  return words.map(word => shellWord(word)).join(' ')
}

const plain = /^[\w@%+=:,./-]+$/
// Control, format and separator characters: a terminal or an editor may act on them when the line is pasted.
const unprintable = /[\p{C}\p{Zl}\p{Zp}]/u

function shellWord(word: string): string {
  if (plain.test(word)) return word
  if (!unprintable.test(word)) return `'${word.replaceAll("'", `'\\''`)}'`
  const escaped = Array.from(word, character => {
    if (character === '\\' || character === "'") return `\\${character}`
    if (!unprintable.test(character)) return character
    return Array.from(new TextEncoder().encode(character), byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('')
  })
  return `$'${escaped.join('')}'`
}
