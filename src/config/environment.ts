import {BiomajError} from '../shared/errors.js'

/** Environment variables by name, as in `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * A variable that is on or off.
 *
 * @throws {BiomajError} `config_invalid`
 */
export function booleanVariable(env: Environment, name: string): boolean | undefined {
  const value = variable(env, name)?.toLowerCase()
  if (value === undefined) return undefined
  if (['1', 'true', 'yes', 'on'].includes(value)) return true
  if (['0', 'false', 'no', 'off'].includes(value)) return false
  throw new BiomajError({
    code: 'config_invalid',
    message: `${name} is neither on nor off`,
    hint: 'Give 1 or 0.',
  })
}

/** An empty variable is an unset one, as a shell's `BIOMAJ_PROXY= biomaj …` means it. */
export function variable(env: Environment, name: string): string | undefined {
  const value = env[name]?.trim()
  return value === '' ? undefined : value
}
