import {readFile} from 'node:fs/promises'
import {Agent as HttpAgent, type IncomingMessage} from 'node:http'
import {Agent as HttpsAgent, type AgentOptions} from 'node:https'
import got, {type Agents, type Request} from 'got'
import {HttpProxyAgent, HttpsProxyAgent} from 'hpagent'
import {told} from '../told.js'
import type {Access} from './access.js'
import type {RemoteLimits} from './limits.js'
import {PlainProxyAgent} from './plain-proxy-agent.js'
import {codeOf, messageOf, RemoteError} from './remote-error.js'

export interface HttpRequest {
  method: 'GET' | 'HEAD' | 'POST'
  url: URL
  headers?: Record<string, string> | undefined
  /** Of a POST. */
  form?: string | undefined
  signal: AbortSignal
}

export interface HttpAnswer {
  response: IncomingMessage
  stream: Request
}

const mostRedirects = 10
const permanentStatus = new Set([400, 401, 403, 404, 405, 407, 410, 414, 451, 501])

/** HTTP with what a source's properties say of proxy, certificates, redirects and passwords. */
export class HttpClient {
  readonly #access: Access
  readonly #limits: RemoteLimits
  #agents: Agents | undefined

  constructor(access: Access, limits: RemoteLimits) {
    this.#access = access
    this.#limits = limits
  }

  /**
   * Sends a request and gives its answer once the headers are there, whatever the status. The body must be read or
   * destroyed; while it is read, nobody but the reader looks whether it stalls.
   *
   * @throws {RemoteError} when there is no answer
   */
  async send({method, url, headers = {}, form, signal}: HttpRequest): Promise<HttpAnswer> {
    const {credentials, options} = this.#access
    this.#agents ??= await this.#connect()
    const stream = got.stream(url, {
      method,
      headers: {
        'user-agent': 'biomaj',
        // Files are wanted as they are, and a length that is theirs.
        'accept-encoding': 'identity',
        ...(form === undefined ? {} : {'content-type': 'application/x-www-form-urlencoded'}),
        ...headers,
      },
      ...(form === undefined ? {} : {body: form}),
      ...(credentials ? {username: credentials.user, password: credentials.password} : {}),
      agent: this.#agents,
      retry: {limit: 0},
      throwHttpErrors: false,
      decompress: false,
      followRedirect: options.redirects,
      maxRedirects: mostRedirects,
      timeout: {
        lookup: this.#limits.connectMs,
        connect: this.#limits.connectMs,
        secureConnect: this.#limits.connectMs,
        response: this.#limits.stallMs,
      },
      signal,
    })
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        stream.once('response', resolve)
        stream.once('error', reject)
        if (method !== 'POST') return
        stream.once('close', () => reject(new Error('the connection was closed')))
      })
      return {response, stream}
    } catch (error) {
      stream.destroy()
      throw this.failure(url, error, signal)
    }
  }

  /** What went wrong, in words; never with passwords or parameters. */
  failure(url: URL, error: unknown, signal?: AbortSignal): unknown {
    if (signal?.aborted === true) return signal.reason
    if (error instanceof RemoteError) return error
    const where = told`${url.origin}${url.pathname}`
    const reason = messageOf(error)
    const code = codeOf(error) ?? ''
    // The client's own error holds all headers, those with passwords too.
    const cause = Object.assign(new Error(reason), {code})
    if (/^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|ERR_SSL|HOSTNAME)/.test(code)) {
      return new RemoteError({code: 'tls', message: told`${where}: ${reason}`, permanent: true, cause})
    }
    if (code === 'ETIMEDOUT' || code === 'ERR_GOT_TIMEOUT') {
      return new RemoteError({code: 'timeout', message: told`${where}: ${reason}`, cause})
    }
    if (code === 'ERR_TOO_MANY_REDIRECTS') {
      return new RemoteError({code: 'refused', message: told`${where}: ${reason}`, permanent: true, cause})
    }
    return new RemoteError({code: 'unreachable', message: told`${where}: ${reason}`, cause})
  }

  close(): void {
    const agents = this.#agents
    this.#agents = undefined
    for (const agent of [agents?.http, agents?.https]) if (agent && 'destroy' in agent) agent.destroy()
  }

  async #connect(): Promise<Agents> {
    const {options, proxy} = this.#access
    const common: AgentOptions = {
      keepAlive: true,
      maxSockets: 8,
      rejectUnauthorized: options.verifyPeer,
      ...(options.verifyHost ? {} : {checkServerIdentity: () => undefined}),
      ...(options.certificateFile === null ? {} : {ca: await certificates(options.certificateFile)}),
      ...(options.keepAliveSeconds > 0 ? {keepAliveMsecs: options.keepAliveSeconds * 2000} : {}),
    }
    if (!proxy) return {http: new HttpAgent(common), https: new HttpsAgent(common)}
    const url = new URL(proxy.url)
    const {credentials} = proxy
    const through = {...common, proxy: url}
    if (credentials) {
      url.username = encodeURIComponent(credentials.user)
      url.password = encodeURIComponent(credentials.password)
    }
    const https = new HttpsProxyAgent(through)
    // A proxy that speaks TLS itself is reached by a tunnel only.
    if (url.protocol === 'https:') return {http: new HttpProxyAgent(through), https}
    const login = credentials && Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')
    return {http: new PlainProxyAgent({...through, authorization: login && `Basic ${login}`}), https}
  }
}

/** @throws {RemoteError} when the file cannot be read */
export async function certificates(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    throw new RemoteError({
      code: 'config_invalid',
      message: told`The certificates in ${file} cannot be read: ${messageOf(error)}`,
      hint: 'Correct options.ssl_server_cert.',
      permanent: true,
      cause: error,
    })
  }
}

/** The failure that a status tells. */
export function statusError(url: URL, {statusCode = 0, headers}: IncomingMessage): RemoteError {
  const where = told`${url.origin}${url.pathname}`
  const common = {permanent: permanentStatus.has(statusCode)}
  if (statusCode === 401 || statusCode === 407) {
    return new RemoteError({
      ...common,
      code: 'bad_credentials',
      message: told`${where}: the ${statusCode === 401 ? 'server' : 'proxy'} wants user and password, or others (HTTP ${statusCode})`,
      hint: statusCode === 401 ? 'Set server.credentials=user:password.' : 'Set proxy_auth=user:password.',
    })
  }
  if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) {
    return new RemoteError({
      code: 'redirect_refused',
      message: told`${where}: the server sends to another place (HTTP ${statusCode}), and redirects are off`,
      hint: 'Set options.allow_redirections=true, or the new address.',
      permanent: true,
    })
  }
  return new RemoteError({...common, code: 'refused', message: told`${where}: HTTP ${statusCode}`})
}
