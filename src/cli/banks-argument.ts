import {BiomajError} from '../shared/errors.js'

/**
 * The banks that a user named, by --bank and as arguments, each possibly a list with commas; in order, once each.
 *
 * @throws {BiomajError} `usage` when there is none, and for a path, which no bank can be called
 */
export function namedBanks(flag: readonly string[] | undefined, words: readonly string[]): string[] {
  const banks = [...(flag ?? []), ...words].flatMap(text => text.split(',')).map(name => name.trim())
  const named = [...new Set(banks.filter(name => name !== ''))]
  const impossible = named.find(name => /[/\\\0]/.test(name) || name === '.' || name === '..')
  if (impossible !== undefined) {
    throw new BiomajError({
      code: 'usage',
      message: `No bank can be called ${JSON.stringify(impossible)}`,
      hint: 'Give its name as `biomaj banks` shows it.',
    })
  }
  if (named.length > 0) return named
  throw new BiomajError({
    code: 'usage',
    message: 'Which bank?',
    hint: 'Name it with --bank NAME; `biomaj banks` lists them.',
  })
}
