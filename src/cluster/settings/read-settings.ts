import path from 'node:path'
import {BiomajError} from '../../shared/errors.js'
import {BankProperties} from '../engine/properties/bank-properties.js'
import {defaultValues} from '../engine/properties/defaults.js'
import {knownKeys} from '../engine/properties/check/known-keys.js'
import {type IniFile, parseIni} from '../engine/properties/ini.js'
import {readPropertiesFile} from '../engine/properties/read-file.js'
import {siteEnvironment} from './site-environment.js'
import type {ClusterSettings, SettingOrigin} from './cluster-settings.js'
import {
  durationMs,
  type GivenValue,
  invalid,
  isSettingKey,
  oneOf,
  type SettingKey,
  settingDefinitions,
  wholeNumber,
} from './setting-definitions.js'

export interface SettingsInput {
  /** Flags that were given, by the key that they set. */
  flags: Partial<Record<SettingKey, GivenValue>>
  /** `--data`; else `BIOMAJ_CLUSTER_DATA`, else `defaultDataDirectory`. */
  dataDirectory?: string | undefined
  defaultDataDirectory: string
  /** `--config`; else `BIOMAJ_CONF`, else `global.properties` of the data directory. */
  globalProperties?: string | undefined
  memory: boolean
  /** What would be without any file. */
  withoutFile?: boolean | undefined
  env: Readonly<Record<string, string | undefined>>
  /** Folder in which relative paths begin. */
  cwd: string
}

/** A setting as `biomaj cluster config` shows it. */
export interface ConfigValue {
  key: string
  value: string
  origin: SettingOrigin
  /** Flag, variable or `file:line`; null for a default. */
  source: string | null
  /** The value is a password or holds one: it must not be shown. */
  secret: boolean
}

export interface ReadSettings {
  settings: ClusterSettings
  /** Settings of the cluster, then what else the file, the environment and BioMAJ's defaults set, by key. */
  values: ConfigValue[]
  /** The file was there. */
  fileFound: boolean
}

/**
 * Weighs flags, environment, the cluster's `global.properties` and defaults. Writes nothing.
 *
 * @throws {BiomajError} `config_invalid` or `usage`, naming the place of the value that is wrong
 */
export async function readSettings(input: SettingsInput): Promise<ReadSettings> {
  const {env, cwd, flags, memory} = input
  const dataDirectory = path.resolve(
    cwd,
    input.dataDirectory ?? (env['BIOMAJ_CLUSTER_DATA'] || undefined) ?? input.defaultDataDirectory,
  )
  const globalProperties = path.resolve(
    cwd,
    input.globalProperties ?? (env['BIOMAJ_CONF'] || undefined) ?? path.join(dataDirectory, 'global.properties'),
  )
  const named = input.globalProperties !== undefined || Boolean(env['BIOMAJ_CONF'])
  const global = input.withoutFile === true ? undefined : await readGlobalFile(globalProperties, {required: named})
  const properties = new BankProperties({bank: parseIni('', ''), global, env: siteEnvironment(env)})
  const find = (key: string): ConfigValue | undefined => resolve(key, {flags, properties})

  const given = (key: SettingKey): GivenValue => {
    const {value, source} = find(key) ?? unknownSetting(key)
    return {value, source: source ?? key}
  }
  const count = (key: SettingKey, least: number, most: number) => wholeNumber(given(key), {least, most})
  const timeout = given('cluster.process.timeout')
  const settings: ClusterSettings = {
    name: given('cluster.name').value,
    dataDirectory,
    memory,
    host: hostOf(given('cluster.host')),
    allowedHosts: hostsOf(given('cluster.allowed.hosts')),
    port: count('cluster.port', 0, 65_535),
    globalProperties,
    workers: {
      update: count('cluster.workers.update', 1, 100),
      download: count('cluster.workers.download', 1, 100),
      process: count('cluster.workers.process', 1, 100),
    },
    admins: commaSeparated(find('admin')?.value ?? ''),
    leaseMs: Math.max(1000, durationMs(given('cluster.lease'))),
    processTimeoutMs: timeout.value.trim() === 'none' ? null : durationMs(timeout),
    extraction: {
      maxBytes: count('cluster.extraction.bytes', 1, Number.MAX_SAFE_INTEGER),
      maxRatio: count('cluster.extraction.ratio', 1, 1_000_000),
      maxEntries: count('cluster.extraction.entries', 1, 1_000_000_000),
    },
    logLevel: oneOf(given('cluster.log.level'), ['debug', 'info', 'warn', 'error']),
  }
  return {settings, values: valuesOf(properties, global, find), fileFound: global !== undefined}
}

async function readGlobalFile(file: string, {required}: {required: boolean}): Promise<IniFile | undefined> {
  const read = await readPropertiesFile(file, path.dirname(file))
  if (read.ok) {
    const [problem] = read.ini.problems
    if (problem === undefined) return read.ini
    throw new BiomajError({
      code: 'config_invalid',
      message: `${file}:${problem.line}: ${problem.message}`,
      hint: 'BioMAJ reads it with Python’s configparser; `biomaj cluster config --defaults` shows the form.',
    })
  }
  if (!required && read.message === 'There is no such file') return undefined
  throw new BiomajError({code: 'config_invalid', message: `${file} cannot be read: ${read.message}`})
}

function resolve(
  key: string,
  {flags, properties}: {flags: SettingsInput['flags']; properties: BankProperties},
): ConfigValue | undefined {
  const secret = isSecretKey(key)
  const flag = isSettingKey(key) ? flags[key] : undefined
  if (flag !== undefined) return {key, value: flag.value, origin: 'flag', source: flag.source, secret}
  const property = properties.resolve(key)
  if (property === undefined) {
    const definition = settingDefinitions.find(one => one.key === key)
    return definition && {key, value: definition.whenUnset, origin: 'default', source: null, secret}
  }
  const {origin} = property
  // What cannot be resolved is an error of the engine, where it is used; here it is shown as it stands.
  const value = property.ok ? property.value : (properties.entry(key)?.raw ?? '')
  if (origin.from === 'environment')
    return {key, value, origin: 'environment', source: origin.variable, secret: secret || holdsSecret(value)}
  if (origin.from === 'default' || origin.from === 'session')
    return {key, value, origin: 'default', source: null, secret}
  return {key, value, origin: 'file', source: `${origin.file}:${origin.line}`, secret: secret || holdsSecret(value)}
}

function valuesOf(
  properties: BankProperties,
  global: IniFile | undefined,
  find: (key: string) => ConfigValue | undefined,
): ConfigValue[] {
  const own = settingDefinitions.map(({key}) => key)
  const others = new Set([
    ...(global === undefined ? [] : properties.keys),
    ...Object.keys(defaultValues),
    ...knownKeys,
  ])
  const rest = [...others].filter(key => !isSettingKey(key)).toSorted()
  return [...own, ...rest].map(key => find(key)).filter(value => value !== undefined)
}

function hostOf(given: GivenValue): string {
  const host = given.value.trim().replace(/^\[(.*)\]$/, '$1')
  if (host !== '' && !/[\s/]/.test(host)) return host
  throw invalid(given, 'an address or the name of a machine')
}

function hostsOf(given: GivenValue): string[] | undefined {
  const hosts = commaSeparated(given.value)
  if (hosts.length === 0) return undefined
  if (hosts.every(host => /^(?:\[[0-9a-f:.]+\]|[\w.-]+)$/i.test(host))) return hosts
  throw invalid(given, 'names of machines, separated by commas')
}

function commaSeparated(text: string): string[] {
  return text
    .split(',')
    .map(word => word.trim())
    .filter(word => word !== '')
}

function unknownSetting(key: string): never {
  throw new BiomajError({code: 'internal', message: `No setting is called ${key}`})
}

function isSecretKey(key: string): boolean {
  return /passw|credential|secret|token|api_?key|proxy_auth/i.test(key)
}

/** Addresses such as `mongodb://user:password@host`. */
function holdsSecret(value: string): boolean {
  return /[a-z][a-z0-9+.-]*:\/\/[^/\s@]*:[^/\s@]*@/i.test(value)
}
