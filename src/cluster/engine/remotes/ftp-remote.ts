import path from 'node:path'
import {type Client, FTPError} from 'basic-ftp'
import type {ReleaseFile} from '../../model/bank.js'
import {told} from '../told.js'
import {calendarDate, type RemoteEntry} from './entry.js'
import {FtpConnection} from './ftp-connection.js'
import {parseList, parseMlsd} from './ftp-listing.js'
import type {PartFile} from './part-file.js'
import type {Fetched, Remote, RemoteContext} from './remote.js'
import {RemoteError} from './remote-error.js'
import {StallGuard} from './stall-guard.js'

/** Files of an FTP server, over one session. Passive mode only. */
export class FtpRemote implements Remote {
  readonly #context: RemoteContext
  readonly #connection: FtpConnection

  constructor(context: RemoteContext) {
    this.#context = context
    this.#connection = new FtpConnection(context)
  }

  async list(sub: string): Promise<RemoteEntry[]> {
    const {onWarning} = this.#context
    const reading = {now: new Date(), onWarning}
    return await this.#within(this.#context.access.directory + sub, async (client, folder) => {
      let text = ''
      client.parseList = raw => {
        text = raw
        return []
      }
      const ask = async (command: string) => {
        client.availableListCommands = [command]
        await client.list(folder)
        return text
      }
      if (this.#connection.hasMlsd) {
        try {
          return parseMlsd(await ask('MLSD'), reading)
        } catch (error) {
          // 5xx: the server says that it can, and cannot. The folder has been entered, so it is there.
          if (!(error instanceof FTPError) || error.code < 500) throw error
        }
      }
      return parseList(await ask('LIST'), reading)
    })
  }

  async describe(): Promise<ReleaseFile> {
    const {access} = this.#context
    const name = access.path
    const {size, modified} = await this.#at(name, async (client, file) => {
      const facts = await factsOf(client, file)
      if (facts.missing !== undefined) throw facts.missing
      return facts
    })
    const date = modified
      ? calendarDate(modified.getUTCFullYear(), modified.getUTCMonth() + 1, modified.getUTCDate())
      : null
    return {
      name,
      saveAs: access.saveAs ?? path.posix.basename(name),
      size,
      date,
      hash: modified ? modified.toISOString() : null,
    }
  }

  async fetch(
    {name, size: listed}: ReleaseFile,
    part: PartFile,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<Fetched> {
    const {access, limits} = this.#context
    const guard = new StallGuard({stallMs: limits.stallMs, timeoutMs: access.timeoutMs})
    const both = AbortSignal.any([signal, guard.signal])
    try {
      return await this.#at(
        name,
        async (client, file) => {
          const {size, modified} = await factsOf(client, file)
          const version = {size: size ?? listed, validator: modified?.toISOString() ?? null}
          const begun = await part.begun()
          const same =
            begun !== null &&
            version.validator !== null &&
            begun.version.validator === version.validator &&
            begun.version.size === version.size &&
            begun.bytes <= (version.size ?? 0)
          const from = same ? begun.bytes : 0
          if (from > 0) onBytes(from)
          if (!same || from !== version.size) {
            const writer = await part.write(version, {
              append: from > 0,
              onBytes: bytes => {
                guard.heard()
                onBytes(bytes)
              },
            })
            let failure: unknown
            try {
              await client.downloadTo(writer.sink, file, from)
            } catch (error) {
              failure = error
            }
            await writer.close()
            if (from > 0 && failure instanceof FTPError) await part.discard()
            if (failure !== undefined) throw from > 0 ? transient(failure) : failure
          }
          const bytes = await part.size()
          if (version.size !== null && bytes !== version.size) {
            if (bytes > version.size) await part.discard()
            throw new RemoteError({
              code: 'unreachable',
              message: told`${name}: ${bytes} of ${version.size} bytes came`,
            })
          }
          return {modified, checked: true}
        },
        both,
      )
    } finally {
      guard.stop()
    }
  }

  async linkTarget(link: string): Promise<'file' | 'directory' | null> {
    const isFile = this.#at(link, async (client, name) => (await factsOf(client, name)).size !== null)
    if (await allowed(isFile)) return 'file'
    const folder = `${this.#context.access.directory}/${link}`
    const isFolder = this.#within(folder, async (client, path) => {
      // Without CWD it has not been entered yet.
      if (path !== '') await client.cd(path)
      return true
    })
    return (await allowed(isFolder)) ? 'directory' : null
  }

  async close(): Promise<void> {
    this.#connection.close()
    await Promise.resolve()
  }

  /** Work on a file, given the name by which the session knows it. */
  async #at<Result>(
    file: string,
    work: (client: Client, name: string) => Promise<Result>,
    signal = this.#context.signal,
  ): Promise<Result> {
    const whole = `${this.#context.access.directory}/${file}`
    return await this.#within(
      path.posix.dirname(whole),
      async (client, folder) => work(client, folder + path.posix.basename(whole)),
      signal,
    )
  }

  async #within<Result>(
    folder: string,
    work: (client: Client, path: string) => Promise<Result>,
    signal = this.#context.signal,
  ): Promise<Result> {
    return await this.#connection.inFolder(folder, signal, work)
  }
}

/** False when the server refuses the question. */
async function allowed(question: Promise<boolean>): Promise<boolean> {
  try {
    return await question
  } catch (error) {
    if (error instanceof RemoteError && error.cause instanceof FTPError) return false
    throw error
  }
}

interface Facts {
  size: number | null
  modified: Date | null
  /** Why neither is known. */
  missing: FTPError | undefined
}

/** Size and time of a file, as far as the server tells them. */
async function factsOf(client: Client, file: string): Promise<Facts> {
  const size = await toldOr(client.size(file), client)
  const modified = await toldOr(client.lastMod(file), client)
  const none = size instanceof FTPError && modified instanceof FTPError
  return {
    size: typeof size === 'number' && size >= 0 ? size : null,
    modified: modified instanceof Date && !Number.isNaN(modified.getTime()) ? modified : null,
    // 500 and 502 are for commands that are not known, which says nothing of the file.
    missing: none && size.code === 550 ? size : undefined,
  }
}

async function toldOr<Value>(question: Promise<Value>, client: Client): Promise<Value | FTPError | null> {
  try {
    return await question
  } catch (error) {
    if (error instanceof FTPError && error.code !== 421) return error
    if (client.closed) throw error
    return null
  }
}

/** A server that does not go on where a part stands may still begin anew. */
function transient(error: unknown): unknown {
  if (!(error instanceof FTPError)) return error
  return new RemoteError({code: 'refused', message: error.message, cause: error})
}
