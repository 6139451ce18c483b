import {BiomajError} from '../../../shared/errors.js'
import type {RemoteProtocol, RemoteSource} from '../ports.js'
import {type BankProperties, isTrue} from '../properties/bank-properties.js'
import {told} from '../told.js'
import {type HttpParse, httpParseOf} from './http-parse.js'
import {defaultStopCondition, defaultWaitPolicy, type RetryPolicy, retryPolicy} from './retry-policy.js'

export interface Credentials {
  user: string
  password: string
}

/** How a source is reached: what the properties say of it, understood. Holds passwords. */
export interface Access extends RemoteSource {
  credentials: Credentials | null
  method: 'GET' | 'POST'
  parameters: Array<[name: string, value: string]>
  /** Of direct protocols: the path of the one file; empty for all others. */
  path: string
  /** Of direct protocols: the name that the file gets, where the properties give one. */
  saveAs: string | null
  httpParse: HttpParse
  proxy: {url: string; credentials: Credentials | null} | null
  /** Of one attempt; null for no limit. */
  timeoutMs: number | null
  options: TransferOptions
}

/** What `options.*` sets. */
export interface TransferOptions {
  skipArchiveCheck: boolean
  verifyHost: boolean
  verifyPeer: boolean
  /** A file with the certificates that are trusted, in PEM. */
  certificateFile: string | null
  /** Seconds; 0 for off. */
  keepAliveSeconds: number
  ftpMethod: 'default' | 'multicwd' | 'nocwd' | 'singlecwd'
  redirects: boolean
  retry: RetryPolicy
}

const protocols: readonly string[] = [
  'local',
  'ftp',
  'ftps',
  'http',
  'https',
  'directftp',
  'directftps',
  'directhttp',
  'directhttps',
  'rsync',
] satisfies RemoteProtocol[]

const ftpMethods = ['default', 'multicwd', 'nocwd', 'singlecwd'] as const
const defaultTimeoutSeconds = 3600

export function isDirect(protocol: RemoteProtocol): boolean {
  return protocol.startsWith('direct')
}

/**
 * The places where a bank's files come from: one, or one for each `remote.file.N`; none for `protocol=none`.
 *
 * @throws {BiomajError} `config_invalid`
 */
export function remotesOf(properties: BankProperties): RemoteSource[] {
  const protocol = properties.get('protocol')
  if (protocol === 'none') return []
  if (protocol !== 'multi') return [mainSource(properties)]
  const sources: RemoteSource[] = []
  for (let index = 0; properties.get(`remote.file.${index}.path`) !== undefined; index++) {
    const key = `remote.file.${index}`
    const given = properties.get(`${key}.protocol`)
    const of = supportedProtocol(given, `${key}.protocol`)
    if (!isDirect(of)) {
      throw new BiomajError({
        code: 'config_invalid',
        message: told`${key}.protocol is "${of}"; with protocol=multi each file needs a direct protocol`,
        hint: 'Write directhttp, directhttps, directftp or directftps.',
      })
    }
    const server = needed(properties.get(`${key}.server`) ?? properties.get('server'), `${key}.server`)
    sources.push({protocol: of, server, directory: '/', source: index})
  }
  return sources
}

function mainSource(properties: BankProperties): RemoteSource {
  const protocol = supportedProtocol(properties.get('protocol'), 'protocol')
  const server = protocol === 'local' ? '' : needed(properties.get('server'), 'server')
  const directory = isDirect(protocol) ? '/' : withSlash(needed(properties.get('remote.dir'), 'remote.dir'))
  return {protocol, server, directory, source: 'main'}
}

/** Where the file that tells the release is; `release.*` wins over what the bank says of its files. */
export function releaseSource(properties: BankProperties): RemoteSource {
  const protocol = supportedProtocol(
    properties.get('release.protocol') ?? properties.get('protocol'),
    properties.get('release.protocol') === undefined ? 'protocol' : 'release.protocol',
  )
  const server = properties.get('release.server') ?? properties.get('server')
  const directory = properties.get('release.remote.dir') ?? properties.get('remote.dir')
  return {
    protocol,
    server: protocol === 'local' ? '' : needed(server, 'release.server'),
    directory: isDirect(protocol) ? '/' : withSlash(needed(directory, 'release.remote.dir')),
    source: 'release',
  }
}

/**
 * What the properties say of a source.
 *
 * @throws {BiomajError} `config_invalid`
 */
export function accessOf(source: RemoteSource, properties: BankProperties): Access {
  const keys = keysOf(source)
  const value = (names: readonly string[]) => firstOf(properties, names)
  const direct = isDirect(source.protocol)
  const path = direct ? needed(value(keys.path), keys.path[0] ?? 'remote.dir') : ''
  return {
    ...source,
    credentials: credentialsOf(value(keys.credentials)),
    method: methodOf(value(keys.method), keys.method[0] ?? 'url.method'),
    parameters: direct ? parametersOf(properties, keys) : [],
    path: path.replace(/\/$/, ''),
    saveAs: direct ? value(keys.saveAs) || null : null,
    httpParse: httpParseOf(properties),
    proxy: proxyOf(properties, source),
    timeoutMs: timeoutOf(properties),
    options: optionsOf(properties, keys.options),
  }
}

interface Keys {
  path: string[]
  credentials: string[]
  method: string[]
  parameterNames: string
  parameter: (name: string) => string
  saveAs: string[]
  options: string
}

function keysOf({source}: RemoteSource): Keys {
  if (typeof source === 'number') {
    const key = `remote.file.${source}`
    return {
      path: [`${key}.path`],
      credentials: [`${key}.credentials`],
      method: [`${key}.method`, 'url.method'],
      parameterNames: `${key}.params.keys`,
      parameter: name => `${key}.params.${name}`,
      saveAs: [`${key}.name`, `${key}.path`],
      options: `${key}.options.`,
    }
  }
  const release = source === 'release'
  return {
    path: release ? ['release.remote.dir', 'remote.dir'] : ['remote.dir'],
    credentials: release ? ['release.credentials', 'server.credentials'] : ['server.credentials'],
    method: release ? ['release.url.method', 'url.method'] : ['url.method'],
    parameterNames: 'url.params',
    parameter: name => `${name}.value`,
    saveAs: release ? ['release.file'] : ['target.name'],
    options: 'options.',
  }
}

function firstOf(properties: BankProperties, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = properties.get(key)
    if (value !== undefined) return value
  }
  return undefined
}

function supportedProtocol(protocol: string | undefined, key: string): RemoteProtocol {
  const problem = protocolProblem(needed(protocol, key))
  if (problem) throw new BiomajError({code: 'config_invalid', ...problem})
  return protocol as RemoteProtocol
}

/** Why files cannot be fetched by this protocol; undefined when they can. */
export function protocolProblem(protocol: string): {message: string; hint: string} | undefined {
  if (protocols.includes(protocol)) return undefined
  const known = protocol === 'sftp' || protocol === 'irods'
  return {
    message: known
      ? told`The protocol "${protocol}" is not supported by this cluster`
      : told`"${protocol}" is not a protocol`,
    hint: `Supported are ${protocols.join(', ')}, multi and none.`,
  }
}

function credentialsOf(value: string | undefined): Credentials | null {
  if (value === undefined || value === '') return null
  needed(value, 'The user and password of the source')
  const colon = value.indexOf(':')
  return colon < 0 ? {user: value, password: ''} : {user: value.slice(0, colon), password: value.slice(colon + 1)}
}

function methodOf(value: string | undefined, key: string): 'GET' | 'POST' {
  const method = (value ?? 'GET').toUpperCase()
  if (method === 'GET' || method === 'POST') return method
  throw new BiomajError({code: 'config_invalid', message: told`${key} is "${method}"`, hint: 'Write GET or POST.'})
}

function parametersOf(properties: BankProperties, keys: Keys): Array<[string, string]> {
  const names = properties.get(keys.parameterNames)
  if (names === undefined) return []
  return names.split(',').map(name => {
    const key = keys.parameter(name.trim())
    return [name.trim(), needed(properties.get(key), key, true).trim()]
  })
}

function proxyOf(properties: BankProperties, {source}: RemoteSource): Access['proxy'] {
  const own = source === 'release' ? properties.get('release.proxy') : undefined
  const proxy = own ?? properties.get('proxy')
  if (proxy === undefined || proxy === '') return null
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new BiomajError({
      code: 'config_invalid',
      message: 'The proxy is no address of an HTTP proxy',
      hint: 'Write proxy=http://host:port; user and password belong in proxy_auth.',
    })
  }
  return {url, credentials: credentialsOf(properties.get('proxy_auth'))}
}

function timeoutOf(properties: BankProperties): number | null {
  const text = properties.get('timeout.download', '').trim()
  // As in BioMAJ, what is no number is passed over.
  const seconds = /^[+-]?\d+$/.test(text) ? Number(text) : defaultTimeoutSeconds
  return seconds > 0 ? seconds * 1000 : null
}

function optionsOf(properties: BankProperties, prefix: string): TransferOptions {
  const options = new Map<string, string>()
  const names = properties.get(`${prefix}names`)
  for (const name of names === undefined ? [] : names.split(',').map(part => part.trim())) {
    if (name === '') continue
    options.set(name, needed(properties.get(prefix + name), prefix + name, true).trim())
  }
  const truth = (name: string, whenUnset: boolean) => {
    const value = options.get(name)
    return value === undefined ? whenUnset : isTrue(value)
  }
  const ftpMethod = (options.get('ftp_method') ?? 'default').toLowerCase()
  const method = ftpMethods.find(known => known === ftpMethod)
  if (!method) {
    throw new BiomajError({
      code: 'config_invalid',
      message: told`${prefix}ftp_method is "${ftpMethod}"`,
      hint: `Write one of ${ftpMethods.join(', ')}.`,
    })
  }
  const keepAlive = options.get('tcp_keepalive') ?? ''
  return {
    skipArchiveCheck: truth('skip_check_uncompress', false),
    verifyHost: truth('ssl_verifyhost', true),
    verifyPeer: truth('ssl_verifypeer', true),
    certificateFile: options.get('ssl_server_cert') || null,
    keepAliveSeconds: /^\d+$/.test(keepAlive) ? Number(keepAlive) : 0,
    ftpMethod: method,
    redirects: truth('allow_redirections', true),
    retry: retryPolicy(
      options.get('stop_condition') ?? defaultStopCondition,
      options.get('wait_policy') ?? defaultWaitPolicy,
    ),
  }
}

// oxlint-disable-next-line no-control-regex -- control characters are what is matched
const controls = /[\u0000-\u001F\u007F]/

function needed(value: string | undefined, key: string, mayBeEmpty = false): string {
  // A line end would begin another command of FTP, or another header of HTTP.
  if (value !== undefined && controls.test(value)) {
    throw new BiomajError({
      code: 'config_invalid',
      message: told`${key} contains a line end or another control character`,
    })
  }
  if (value !== undefined && (mayBeEmpty || value !== '')) return value
  throw new BiomajError({code: 'config_invalid', message: told`${key} is not set`})
}

function withSlash(directory: string): string {
  return directory.endsWith('/') ? directory : `${directory}/`
}
