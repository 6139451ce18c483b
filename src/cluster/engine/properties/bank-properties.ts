import {BiomajError} from '../../../shared/errors.js'
import {defaultValues} from './defaults.js'
import type {IniEntry, IniFile} from './ini.js'
import {type ExpansionBudget, type Interpolated, type InterpolationProblem, interpolate} from './interpolation.js'

/** Where a value comes from. */
export type Origin =
  | {from: 'environment'; variable: string}
  | {from: 'bank' | 'user' | 'global'; file: string; line: number}
  /** Set by the running update, such as `localrelease`. */
  | {from: 'session'}
  | {from: 'default'}

/** A key that is set: its value, or why it has none. */
export type Property =
  | {ok: true; value: string; origin: Origin}
  | {ok: false; problem: InterpolationProblem; origin: Origin}

export interface PropertyFiles {
  bank: IniFile
  user?: IniFile | undefined
  global?: IniFile | undefined
}

export interface PropertySources extends PropertyFiles {
  env?: Readonly<Record<string, string | undefined>> | undefined
  /** Replaces `~` of a default. */
  home?: string | undefined
  /** For files that nobody vouches for: the work for all values together. Otherwise each value has a budget of its own. */
  budget?: ExpansionBudget | undefined
}

type Layer = 'bank' | 'user' | 'global'

const general = 'GENERAL'
const patternKeys = new Set(['local.files', 'remote.files', 'http.parse.dir.line', 'http.parse.file.line'])

/**
 * The properties of one bank as BioMAJ sees them: environment, then the merged files (bank over user over global),
 * then defaults. Files with problems must have been refused before.
 *
 * Keys are looked up in lower case in the files, but as they are given in the environment, among the special cases
 * and the defaults.
 */
export class BankProperties {
  readonly #entries = new Map<string, {entry: IniEntry; layer: Layer}>()
  readonly #session = new Map<string, string>()
  readonly #env: Readonly<Record<string, string | undefined>>
  readonly #home: string
  readonly #budget: ExpansionBudget | undefined
  readonly #interpolated = new Map<string, Interpolated>()

  constructor({bank, user, global, env = {}, home = '~', budget}: PropertySources) {
    this.#env = env
    this.#home = home
    this.#budget = budget
    const layers = [
      {layer: 'global' as const, file: global},
      {layer: 'user' as const, file: user},
      {layer: 'bank' as const, file: bank},
    ]
    // Without the section, Python does not look into [DEFAULT] either.
    if (!layers.some(({file}) => file?.sections.has(general))) return
    // Python merges sections of the same name first; what is in [DEFAULT] of any file comes after all of them.
    for (const part of ['defaults', 'general'] as const) {
      for (const {layer, file} of layers) {
        const section = part === 'defaults' ? file?.defaults : file?.sections.get(general)
        for (const [key, entry] of section ?? []) this.#entries.set(key, {entry, layer})
      }
    }
  }

  /** Everything the files set, in lower case. A process finds all of it in its environment. */
  get keys(): string[] {
    return [...new Set([...this.#entries.keys(), ...this.#session.keys()])]
  }

  /** The entry of the files that wins. */
  entry(key: string): IniEntry | undefined {
    return this.#entries.get(key.toLowerCase())?.entry
  }

  /** Sets a value for this run, as a workflow does with `localrelease`. It wins over the files, not the environment. */
  set(key: string, value: string): void {
    this.#session.set(key.toLowerCase(), value)
    this.#interpolated.clear()
  }

  /** The value of a key and its origin, or undefined when nothing sets it and it has no default. */
  resolve(key: string): Property | undefined {
    const variable = `BIOMAJ_${key.toUpperCase().replaceAll('.', '_')}`
    const ofEnvironment = this.#env[variable]
    if (ofEnvironment) return {ok: true, value: ofEnvironment, origin: {from: 'environment', variable}}
    if (key === 'depends') {
      const source = this.resolve('db.source')
      if (source && (!source.ok || source.value !== '')) return source
    }
    return this.#ofFiles(key) ?? this.#ofDefaults(key)
  }

  /**
   * The value, as BioMAJ's own `get` would give it.
   *
   * @throws {BiomajError} `config_invalid` when its references cannot be resolved
   */
  get(key: string): string | undefined
  get(key: string, whenUnset: string): string
  get(key: string, whenUnset?: string): string | undefined {
    const property = this.resolve(key)
    if (!property) return whenUnset
    if (property.ok) return property.value
    throw new BiomajError({
      code: 'config_invalid',
      message: `The value of "${key}" cannot be read: ${property.problem.message}`,
      hint: 'Write %% for a percent sign, and %(key)s for the value of another key.',
      details: {key, origin: property.origin},
    })
  }

  /** True for `true` in any case and for `1`; everything else is false. */
  getBoolean(key: string, whenUnset = false): boolean {
    const property = this.resolve(key)
    return property === undefined ? whenUnset : isTrue(this.get(key, ''))
  }

  #ofFiles(key: string): Property | undefined {
    const lower = key.toLowerCase()
    const raw = this.#rawOf(lower)
    if (raw === undefined) return undefined
    const found = this.#session.has(lower) ? undefined : this.#entries.get(lower)
    const origin: Origin = found
      ? {from: found.layer, file: found.entry.file, line: found.entry.line}
      : {from: 'session'}
    const interpolated =
      this.#interpolated.get(lower) ?? interpolate(raw, reference => this.#rawOf(reference), this.#budget)
    this.#interpolated.set(lower, interpolated)
    return interpolated.ok
      ? {ok: true, value: specialCase(key, interpolated.value), origin}
      : {ok: false, problem: interpolated.problem, origin}
  }

  #ofDefaults(key: string): Property | undefined {
    const value = Object.hasOwn(defaultValues, key) ? defaultValues[key] : undefined
    if (value === undefined) return undefined
    return {ok: true, value: value.replace(/^~(?=\/)/, this.#home), origin: {from: 'default'}}
  }

  #rawOf(lowerKey: string): string | undefined {
    return this.#session.get(lowerKey) ?? this.#entries.get(lowerKey)?.entry.raw
  }
}

/** BioMAJ's idea of a boolean. */
export function isTrue(value: string): boolean {
  return value.toLowerCase() === 'true' || value === '1'
}

function specialCase(key: string, value: string): string {
  if (key === 'remote.dir' && !value.endsWith('/')) return `${value}/`
  return patternKeys.has(key) ? value.replaceAll('\\\\', '\\') : value
}
