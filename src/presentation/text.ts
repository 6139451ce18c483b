/** What a piece of text means; the terminal gives each its colour, which never is the only carrier of the meaning. */
export type Tone = 'good' | 'bad' | 'busy' | 'calm' | 'worry' | 'title'

export interface Span {
  text: string
  tone?: Tone | undefined
}

/** Pieces that follow each other without a gap. */
export type Line = readonly Span[]

/** A state as people see it: a symbol and a word. */
export interface Mark {
  symbol: string
  word: string
  tone: Tone
}

export function markText({symbol, word}: Mark): string {
  return `${symbol} ${word}`
}

export function line(...pieces: ReadonlyArray<Span | string>): Line {
  return pieces.map(piece => (typeof piece === 'string' ? {text: piece} : piece))
}

/** A symbol in its tone, and words that say the same. */
export function marked(symbol: string, tone: Tone, words: string): Line {
  return [{text: `${symbol} `, tone}, {text: words}]
}

/** `1 bank`, `2 banks`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}
