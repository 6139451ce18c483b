import {createHash} from 'node:crypto'
import type {IncomingMessage} from 'node:http'
import {pipeline} from 'node:stream/promises'
import type {ReleaseFile} from '../../model/bank.js'
import {told} from '../told.js'
import {localDate, type RemoteEntry} from './entry.js'
import {HttpClient, statusError} from './http-client.js'
import {parseHttpListing} from './http-listing.js'
import {decodeListing} from './listing-text.js'
import type {PartFile, Version} from './part-file.js'
import {type Fetched, type Remote, type RemoteContext, unsupported} from './remote.js'
import {RemoteError} from './remote-error.js'
import {StallGuard} from './stall-guard.js'

/** Files of a web server: found in its listings of folders, or one file by its address. */
export class HttpRemote implements Remote {
  readonly #context: RemoteContext
  readonly #client: HttpClient

  constructor(context: RemoteContext) {
    this.#context = context
    this.#client = new HttpClient(context.access, context.limits)
  }

  async list(sub: string): Promise<RemoteEntry[]> {
    const {access, limits, onWarning} = this.#context
    const url = this.#url(`${access.directory}${sub}`)
    const {text, stream} = await this.#text(url)
    stream.destroy()
    return await parseHttpListing(text, {parse: access.httpParse, steps: limits.patternSteps, onWarning})
  }

  async #text(url: URL) {
    const {access, limits, signal} = this.#context
    const guard = new StallGuard({stallMs: limits.stallMs, timeoutMs: access.timeoutMs})
    const both = AbortSignal.any([signal, guard.signal])
    try {
      const {response, stream} = await this.#client.send({method: 'GET', url, signal: both})
      if (response.statusCode !== 200) {
        stream.destroy()
        throw statusError(url, response)
      }
      const chunks: Buffer[] = []
      let bytes = 0
      try {
        for await (const chunk of stream as AsyncIterable<Buffer>) {
          guard.heard()
          bytes += chunk.length
          if (bytes > limits.listingBytes) throw tooLarge(url, limits.listingBytes)
          chunks.push(chunk)
        }
      } catch (error) {
        throw this.#client.failure(url, error, both)
      }
      return {text: decodeListing(Buffer.concat(chunks), response.headers['content-type']), stream}
    } finally {
      guard.stop()
    }
  }

  async describe(): Promise<ReleaseFile> {
    const {access, signal, limits} = this.#context
    const name = access.path
    const described: ReleaseFile = {name, saveAs: access.saveAs ?? name, size: null, date: null, hash: null}
    const url = this.#fileUrl(name)
    const guard = new StallGuard({stallMs: limits.stallMs, timeoutMs: access.timeoutMs})
    try {
      const {response, stream} = await this.#client.send({
        method: 'HEAD',
        url,
        signal: AbortSignal.any([signal, guard.signal]),
      })
      stream.destroy()
      const {statusCode = 0, headers} = response
      if (statusCode === 200) {
        const size = headers['content-length']
        const modified = headers['last-modified']
        return {
          ...described,
          size: size !== undefined && /^\d{1,15}$/.test(size) ? Number(size) : null,
          date: dayOf(modified),
          hash: modified === undefined ? null : createHash('md5').update(modified).digest('hex'),
        }
      }
      // Many servers answer no HEAD, and that to what is asked by POST says nothing.
      if (statusCode === 405 || statusCode === 501 || access.method === 'POST') return described
      throw statusError(url, response)
    } finally {
      guard.stop()
    }
  }

  async fetch(
    file: ReleaseFile,
    part: PartFile,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<Fetched> {
    const {access, limits} = this.#context
    const url = this.#fileUrl(file.name)
    const begun = access.method === 'GET' ? await part.begun() : null
    const from = begun?.version.validator != null ? begun.bytes : 0
    const guard = new StallGuard({stallMs: limits.stallMs, timeoutMs: access.timeoutMs})
    const both = AbortSignal.any([signal, guard.signal])
    try {
      const {response, stream} = await this.#client.send({
        method: access.method,
        url,
        headers: from > 0 ? {range: `bytes=${from}-`, 'if-range': begun?.version.validator ?? ''} : {},
        form: access.method === 'POST' ? new URLSearchParams(access.parameters).toString() : undefined,
        signal: both,
      })
      try {
        await this.#receive({url, response, stream, part, from, guard, onBytes, signal: both})
      } finally {
        stream.destroy()
      }
      return {modified: modifiedOf(response), checked: true}
    } finally {
      guard.stop()
    }
  }

  async #receive({url, response, stream, part, from, guard, onBytes, signal}: Receiving): Promise<void> {
    const start = startOf(response, from)
    if (start === 'elsewhere' || (response.statusCode === 416 && from > 0)) {
      // The part is not the begin of what is there now.
      await part.discard()
      throw new RemoteError({code: 'refused', message: told`${url.origin}${url.pathname}: the file has changed`})
    }
    if (start === null) throw statusError(url, response)
    const length = lengthOf(response)
    const version = versionOf(response, length === null ? null : start + length)
    if (start > 0) onBytes(start)
    let bytes = 0
    const writer = await part.write(version, {
      append: start > 0,
      onBytes: chunk => {
        guard.heard()
        bytes += chunk
        onBytes(chunk)
      },
    })
    let failure: unknown
    try {
      await pipeline(stream, writer.sink, {signal})
    } catch (error) {
      failure = this.#client.failure(url, error, signal)
    }
    await writer.close()
    if (failure !== undefined) throw failure
    if (length !== null && bytes !== length) {
      throw new RemoteError({
        code: 'unreachable',
        message: told`${url.origin}${url.pathname}: ${bytes} of ${length} bytes came`,
      })
    }
  }

  async linkTarget(): Promise<'file' | 'directory' | null> {
    return Promise.reject(unsupported('list links'))
  }

  async close(): Promise<void> {
    this.#client.close()
    await Promise.resolve()
  }

  #fileUrl(name: string): URL {
    const {access} = this.#context
    const url = this.#url(`${access.directory}${name}`)
    if (access.method === 'GET' && access.parameters.length > 0) {
      const query = new URLSearchParams(access.parameters).toString()
      url.search = url.search === '' ? query : `${url.search}&${query}`
    }
    return url
  }

  #url(path: string): URL {
    const {protocol, server} = this.#context.access
    const scheme = protocol === 'https' || protocol === 'directhttps' ? 'https' : 'http'
    const text = `${scheme}://${`${server}/${path}`.replaceAll(/\/{2,}/g, '/')}`
    if (!URL.canParse(text)) {
      throw new RemoteError({code: 'config_invalid', message: told`"${text}" is no address`, permanent: true})
    }
    const url = new URL(text)
    url.hash = ''
    return url
  }
}

interface Receiving {
  url: URL
  response: IncomingMessage
  stream: NodeJS.ReadableStream
  part: PartFile
  from: number
  guard: StallGuard
  onBytes: (bytes: number) => void
  signal: AbortSignal
}

/** Where the body begins in the file; null when the answer is no file. */
function startOf({statusCode, headers}: IncomingMessage, from: number): number | 'elsewhere' | null {
  if (statusCode === 200) return 0
  if (statusCode !== 206 || from === 0) return null
  const range = /^bytes (\d+)-/.exec(headers['content-range'] ?? '')
  return range?.[1] !== undefined && Number(range[1]) === from ? from : 'elsewhere'
}

function lengthOf({headers}: IncomingMessage): number | null {
  const length = headers['content-length']
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : null
}

/** A weak ETag says that two files mean the same, not that they are the same. */
function versionOf({headers}: IncomingMessage, size: number | null): Version {
  const strong = headers.etag !== undefined && !headers.etag.startsWith('W/') ? headers.etag : undefined
  const ranges = headers['accept-ranges'] !== 'none'
  return {size, validator: ranges ? (strong ?? headers['last-modified'] ?? null) : null}
}

function modifiedOf({headers}: IncomingMessage): Date | null {
  const date = new Date(headers['last-modified'] ?? '')
  return Number.isNaN(date.getTime()) ? null : date
}

/** The day as the header writes it, whatever the zone of this machine. */
function dayOf(header: string | undefined) {
  const date = new Date(header ?? '')
  if (Number.isNaN(date.getTime())) return null
  return localDate(new Date(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()))
}

function tooLarge(url: URL, bytes: number): RemoteError {
  return new RemoteError({
    code: 'response_too_large',
    message: told`${url.origin}${url.pathname}: the listing is larger than ${bytes} bytes`,
    permanent: true,
  })
}
