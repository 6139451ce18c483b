import {BiomajError} from '../../shared/errors.js'
import {parseDurationMs} from '../../shared/durations.js'

/** A setting of the cluster itself, beside the properties that BioMAJ knows. */
export interface SettingDefinition {
  /** As it is written in `global.properties`; the variable is `BIOMAJ_` and the key in capitals, `_` for `.`. */
  key: string
  /** As it is written in a file. */
  whenUnset: string
  /** What it means, in one or two lines of a comment. */
  comment: string
}

export const settingDefinitions = [
  {key: 'cluster.name', whenUnset: 'biomaj', comment: 'Name of this cluster, for people.'},
  {
    key: 'cluster.host',
    whenUnset: '127.0.0.1',
    comment: 'Address to listen at. With the default nobody but this machine can connect.',
  },
  {
    key: 'cluster.allowed.hosts',
    whenUnset: '',
    comment:
      'Names by which it may be called beside localhost, separated by commas, such as that of a proxy before it.',
  },
  {key: 'cluster.port', whenUnset: '5480', comment: 'Port to listen at; 0 for any that is free.'},
  {key: 'cluster.workers.update', whenUnset: '2', comment: 'How many banks are updated or removed at the same time.'},
  {
    key: 'cluster.workers.download',
    whenUnset: '4',
    comment: 'How many downloads run at the same time, of all banks together.',
  },
  {key: 'cluster.workers.process', whenUnset: '2', comment: 'How many processes of banks run at the same time.'},
  {
    key: 'cluster.lease',
    whenUnset: '30s',
    comment: 'How long a worker may be silent before its job is handed to another one.',
  },
  {
    key: 'cluster.process.timeout',
    whenUnset: 'none',
    comment: 'Longest time of a process of a bank, after which it is killed: 90m, 6h, or none.',
  },
  {
    key: 'cluster.extraction.bytes',
    whenUnset: '2000000000000',
    comment: 'What one release may grow to while archives are extracted, in bytes.',
  },
  {
    key: 'cluster.extraction.ratio',
    whenUnset: '1000',
    comment: 'How many times larger than its archive the contents may be.',
  },
  {key: 'cluster.extraction.entries', whenUnset: '1000000', comment: 'How many files one archive may hold.'},
  {key: 'cluster.log.level', whenUnset: 'info', comment: 'What is logged: debug, info, warn or error.'},
] as const satisfies readonly SettingDefinition[]

export type SettingKey = (typeof settingDefinitions)[number]['key']

export function isSettingKey(key: string): key is SettingKey {
  return settingDefinitions.some(definition => definition.key === key)
}

/** One value as text, and the place to name when it is wrong: `--port`, `BIOMAJ_CLUSTER_PORT`, `/etc/global.properties:12`. */
export interface GivenValue {
  value: string
  source: string
}

/** A whole number between two bounds, both included. */
export function wholeNumber({value, source}: GivenValue, {least, most}: {least: number; most: number}): number {
  const number = /^\d{1,15}$/.test(value.trim()) ? Number(value) : Number.NaN
  if (number >= least && number <= most) return number
  throw invalid({value, source}, `a whole number from ${least} to ${most}`)
}

export function durationMs(given: GivenValue): number {
  const ms = parseDurationMs(given.value)
  if (ms !== undefined && ms > 0) return ms
  throw invalid(given, 'a duration such as 90s, 10m or 1h30m')
}

export function oneOf<Word extends string>(given: GivenValue, words: readonly Word[]): Word {
  const found = words.find(word => word === given.value.trim().toLowerCase())
  if (found !== undefined) return found
  throw invalid(given, `one of ${words.join(', ')}`)
}

/** A flag that is wrong is an error of usage, all else one of the configuration. */
export function invalid({value, source}: GivenValue, wanted: string): BiomajError {
  return new BiomajError({
    code: source.startsWith('--') ? 'usage' : 'config_invalid',
    message: `${source}: ${JSON.stringify(value)} is not ${wanted}`,
    hint: 'See `biomaj cluster config` for all settings and where each comes from.',
    details: {source},
  })
}
