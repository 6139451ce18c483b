import {isIP} from 'node:net'
import {type AccessOptions, Client, FTPError} from 'basic-ftp'
import {told} from '../told.js'
import type {Access} from './access.js'
import {certificates} from './http-client.js'
import type {RemoteContext} from './remote.js'
import {codeOf, messageOf, RemoteError} from './remote-error.js'

const implicitTlsPort = 990
const explicitTlsPort = 21

/** One session with an FTP server, made when it is needed, and again after it broke. */
export class FtpConnection {
  readonly #context: RemoteContext
  #client: Client | undefined
  #home = '/'
  #current: string | undefined
  #hasMlsd = false

  constructor(context: RemoteContext) {
    this.#context = context
  }

  get hasMlsd(): boolean {
    return this.#hasMlsd
  }

  /**
   * Carries out work on the session, whose current folder is the one that is asked for. The path that `work` is given
   * goes before names: empty, or with a slash at its end.
   *
   * @throws {RemoteError}
   */
  async inFolder<Result>(
    folder: string,
    signal: AbortSignal,
    work: (client: Client, path: string) => Promise<Result>,
  ): Promise<Result> {
    signal.throwIfAborted()
    const stop = () => this.close()
    signal.addEventListener('abort', stop, {once: true})
    try {
      const client = await this.#connected()
      return await work(client, await this.#enter(client, folder))
    } catch (error) {
      if (!(error instanceof FTPError)) this.close()
      if (signal.aborted) throw signal.reason
      throw this.failure(folder, error)
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  close(): void {
    this.#client?.close()
    this.#client = undefined
    this.#current = undefined
  }

  failure(path: string, error: unknown): unknown {
    if (error instanceof RemoteError || (error instanceof Error && codeOf(error) === 'ENOSPC')) return error
    const {protocol, server} = this.#context.access
    const where = told`${protocol.replace('direct', '')}://${server}${path}`
    if (error instanceof FTPError) {
      const {code, message} = error
      const wrongUser = code === 530 || code === 331 || code === 332
      return new RemoteError({
        code: wrongUser ? 'bad_credentials' : 'refused',
        message: told`${where}: ${message}`,
        hint: wrongUser ? 'Correct server.credentials=user:password.' : undefined,
        // 4xx is for what may pass.
        permanent: code >= 500,
        cause: error,
      })
    }
    const reason = messageOf(error)
    if (/^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|ERR_SSL)/.test(codeOf(error) ?? '')) {
      return new RemoteError({code: 'tls', message: told`${where}: ${reason}`, permanent: true, cause: error})
    }
    const code = /timeout/i.test(reason)
      ? 'timeout'
      : /maximum|too large|exceed/i.test(reason)
        ? 'response_too_large'
        : 'unreachable'
    return new RemoteError({
      code,
      message: told`${where}: ${reason}`,
      permanent: code === 'response_too_large',
      cause: error,
    })
  }

  async #connected(): Promise<Client> {
    if (this.#client && !this.#client.closed) return this.#client
    const {access, limits} = this.#context
    const client = new Client(limits.stallMs, {
      maxListingBytes: limits.listingBytes,
      allowSeparateTransferHost: false,
    })
    this.#client = client
    this.#current = undefined
    await client.access(await accessOptions(access))
    this.#hasMlsd = client.availableListCommands.includes('MLSD')
    if (access.options.keepAliveSeconds > 0)
      client.ftp.socket.setKeepAlive(true, access.options.keepAliveSeconds * 2000)
    this.#home = await homeOf(client)
    return client
  }

  /** Folders of a bank begin where the session begins, as an address of FTP has it. */
  async #enter(client: Client, folder: string): Promise<string> {
    const path = `${this.#home}/${folder}/`.replaceAll(/\/{2,}/g, '/')
    const {ftpMethod} = this.#context.access.options
    if (ftpMethod === 'nocwd') return path
    if (this.#current === path) return ''
    this.#current = undefined
    if (ftpMethod === 'singlecwd') await client.cd(path)
    else {
      await client.cd(this.#home)
      for (const part of folder.split('/')) if (part !== '') await client.cd(part)
    }
    this.#current = path
    return ''
  }
}

async function homeOf(client: Client): Promise<string> {
  try {
    const home = await client.pwd()
    return home.startsWith('/') ? home : '/'
  } catch (error) {
    if (client.closed) throw error
    return '/'
  }
}

async function accessOptions({protocol, server, credentials, options, proxy}: Access): Promise<AccessOptions> {
  if (proxy) {
    throw new RemoteError({
      code: 'config_invalid',
      message: 'FTP cannot go through a proxy here',
      hint: 'Take http or https for this bank, or leave its proxy empty.',
      permanent: true,
    })
  }
  const found = /^(?:\[([^\]]+)\]|([^:/\s]+))(?::(\d{1,5}))?\/*$/.exec(server)
  const host = found?.[1] ?? found?.[2]
  if (host === undefined) {
    throw new RemoteError({code: 'config_invalid', message: told`"${server}" is no FTP server`, permanent: true})
  }
  const secure = protocol === 'ftps' || protocol === 'directftps'
  const port = found?.[3] === undefined ? (secure ? implicitTlsPort : explicitTlsPort) : Number(found[3])
  return {
    host,
    port,
    ...(credentials ? {user: credentials.user, password: credentials.password} : {}),
    // As curl, TLS from the first byte; on the port of plain FTP that can only be meant the other way.
    secure: secure ? (port === explicitTlsPort ? true : 'implicit') : false,
    secureOptions: {
      rejectUnauthorized: options.verifyPeer,
      ...(isIP(host) === 0 ? {servername: host} : {}),
      ...(options.verifyHost ? {} : {checkServerIdentity: () => undefined}),
      ...(options.certificateFile === null ? {} : {ca: await certificates(options.certificateFile)}),
    },
  }
}
