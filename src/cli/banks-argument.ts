import {BiomajError} from '../shared/errors.js'

/**
 * The banks that a user named, by --bank and as arguments, each possibly a list with commas; in order, once each.
 *
 * @throws {BiomajError} `usage` when there is none
 */
export function namedBanks(flag: readonly string[] | undefined, words: readonly string[]): string[] {
  const banks = [...(flag ?? []), ...words].flatMap(text => text.split(',')).map(name => name.trim())
  const named = [...new Set(banks.filter(name => name !== ''))]
  if (named.length > 0) return named
  throw new BiomajError({
    code: 'usage',
    message: 'Which bank?',
    hint: 'Name it with --bank NAME; `biomaj banks` lists them.',
  })
}
