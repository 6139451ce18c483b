import {type ChildProcess, spawn} from 'node:child_process'
import {lstat, rmdir} from 'node:fs/promises'
import type {ReleaseFile} from '../../model/bank.js'
import {told} from '../told.js'
import {calendarDate, ignored, nameProblem, type RemoteEntry} from './entry.js'
import {isMissing, type PartFile} from './part-file.js'
import {type Fetched, type Remote, type RemoteContext, unsupported} from './remote.js'
import {codeOf, RemoteError} from './remote-error.js'
import {rsyncAddress} from './rsync-address.js'
import {StallGuard} from './stall-guard.js'

/** What rsync says of syntax, protocol and files that are not there; the rest may pass. */
const permanentExits = new Set([1, 2, 4, 6, 23])
const permanentComplaint = /auth failed|Unknown module|access denied/
const longestComplaint = 4096

/**
 * The other side looks for patterns in names, and newer ones refuse what does not match them: so a file is named in a
 * list, where its name means nothing but itself.
 */
const oneNamed = ['--files-from=-', '--from0', '--no-relative']

interface Run {
  options: string[]
  source: string
  /** The one file below the source that is meant. */
  named?: string
  target?: string
  onOutput: (text: string) => void
  signal: AbortSignal
}

/** Files of an rsync daemon, or of a machine that ssh reaches, by the rsync of this machine. */
export class RsyncRemote implements Remote {
  readonly #context: RemoteContext

  constructor(context: RemoteContext) {
    this.#context = context
  }

  async list(sub: string): Promise<RemoteEntry[]> {
    const {access, limits, signal, onWarning} = this.#context
    const chunks: string[] = []
    let characters = 0
    await this.#run({
      options: ['--list-only', '--no-motd', '--dirs'],
      source: rsyncAddress(access, sub),
      signal,
      onOutput: text => {
        characters += text.length
        if (characters > limits.listingBytes) throw tooLarge(limits.listingBytes)
        chunks.push(text)
      },
    })
    return entriesOf(chunks.join(''), onWarning)
  }

  async fetch(
    file: ReleaseFile,
    part: PartFile,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<Fetched> {
    let counted = 0
    // rsync compares what is there with the remote file, and brings what differs.
    await this.#run({
      options: ['--inplace', '--partial', '--times', '--copy-links', '--info=progress2', '--outbuf=N'],
      source: rsyncAddress(this.#context.access, ''),
      named: file.name,
      target: part.file,
      signal,
      onOutput: text => {
        for (const [, digits = ''] of text.matchAll(/(?:^|\r)\s*(\d+)\s+\d+%/g)) {
          onBytes(Math.max(0, Number(digits) - counted))
          counted = Math.max(counted, Number(digits))
        }
      },
    })
    await mustBeFile(part.file, file.name)
    return {modified: null, checked: true}
  }

  async linkTarget(path: string): Promise<'file' | 'directory' | null> {
    let text = ''
    try {
      await this.#run({
        options: ['--list-only', '--no-motd', '--copy-links', '--dirs'],
        source: rsyncAddress(this.#context.access, ''),
        named: path,
        // Nothing is written there, but a list of names asks for a second place.
        target: '.',
        signal: this.#context.signal,
        onOutput: output => {
          text += output.slice(0, longestComplaint)
        },
      })
    } catch (error) {
      if (error instanceof RemoteError && error.code === 'refused') return null
      throw error
    }
    const [, type] = /^([-d])\S{9}/m.exec(text) ?? []
    return type === '-' ? 'file' : type === 'd' ? 'directory' : null
  }

  async describe(): Promise<ReleaseFile> {
    return Promise.reject(unsupported('describe files'))
  }

  async close(): Promise<void> {
    await Promise.resolve()
  }

  async #run({options, source, named, target, onOutput, signal}: Run): Promise<void> {
    const {access, limits} = this.#context
    const seconds = Math.max(1, Math.ceil(limits.stallMs / 1000))
    const args = [
      ...options,
      ...(named === undefined ? [] : oneNamed),
      `--timeout=${seconds}`,
      // Ways in which a name could mean something to the shell or to rsync of the other side.
      '--protect-args',
      '--8-bit-output',
      '--no-human-readable',
      '--',
      source,
      ...(target === undefined ? [] : [target]),
    ]
    const guard = new StallGuard({stallMs: limits.stallMs * 2, timeoutMs: access.timeoutMs})
    const both = AbortSignal.any([signal, guard.signal])
    both.throwIfAborted()
    const child = spawn('rsync', args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      // rsync works in several processes: all of them are in one group.
      detached: true,
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        LC_ALL: 'C',
        // Nobody is there to be asked. As an option it would take daemons for machines with ssh.
        RSYNC_RSH: 'ssh -oBatchMode=yes',
        ...(process.env['SSH_AUTH_SOCK'] === undefined ? {} : {SSH_AUTH_SOCK: process.env['SSH_AUTH_SOCK']}),
        ...(access.credentials?.password ? {RSYNC_PASSWORD: access.credentials.password} : {}),
      },
    })
    // What ends before it has read the name says why on another way.
    child.stdin.on('error', () => undefined)
    child.stdin.end(named === undefined ? '' : `./${named.replace(/^\/+/, '')}\0`)
    const stop = () => killGroup(child)
    both.addEventListener('abort', stop, {once: true})
    try {
      await ended(child, text => {
        guard.heard()
        onOutput(text)
      })
    } catch (error) {
      if (both.aborted) throw both.reason
      throw error
    } finally {
      both.removeEventListener('abort', stop)
      guard.stop()
    }
  }
}

async function mustBeFile(place: string, name: string): Promise<void> {
  const found = await lstat(place).catch((error: unknown) => {
    if (!isMissing(error)) throw error
  })
  if (found?.isFile() === true) return
  // Of a folder that has the name now, rsync makes an empty one.
  if (found?.isDirectory() === true) await rmdir(place)
  throw new RemoteError({
    code: 'refused',
    message: found ? told`${name} is no file on the remote side` : told`rsync brought nothing for ${name}`,
    permanent: true,
  })
}

async function ended(child: ChildProcess, onOutput: (text: string) => void): Promise<void> {
  let complaint = ''
  let failure: unknown
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    if (failure !== undefined) return
    try {
      onOutput(text)
    } catch (error) {
      failure = error
      killGroup(child)
    }
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, longestComplaint)
  })
  const {code, error} = await new Promise<{code: number | null; error?: unknown}>(resolve => {
    child.once('error', error => resolve({code: null, error}))
    child.once('close', code => resolve({code}))
  })
  if (failure !== undefined) throw failure
  if (error !== undefined) throw notStarted(error)
  if (code === 0) return
  const line =
    complaint
      .split('\n')
      .find(text => text.trim() !== '')
      ?.replace(/^(rsync|@ERROR): /, '') ?? `it ended with ${code ?? 'a signal'}`
  const full = /No space left on device/.test(complaint)
  throw new RemoteError({
    code: full
      ? 'server_error'
      : code === 10 || code === 255
        ? 'unreachable'
        : code === 30 || code === 35
          ? 'timeout'
          : 'refused',
    message: full ? 'the disk is full' : told`rsync: ${line}`,
    hint: full ? 'Free some space, then update again: what is there is kept.' : undefined,
    permanent: full || permanentComplaint.test(complaint) || (code !== null && permanentExits.has(code)),
  })
}

function killGroup({pid}: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch (error) {
    if (codeOf(error) !== 'ESRCH') throw error
  }
}

// Mode, size, date, time, name.
const listLine = /^([-dlbcps])\S{9,10}\s+(\d+)\s+(\d{4})\/(\d\d)\/(\d\d)\s+\d\d:\d\d:\d\d (.+)$/

function entriesOf(text: string, onWarning: (line: string) => void): RemoteEntry[] {
  const entries: RemoteEntry[] = []
  for (const line of text.split('\n')) {
    const [, type = '', size, year, month, day, rest = ''] = listLine.exec(line) ?? []
    const name = type === 'l' ? (rest.split(' -> ')[0] ?? '') : rest
    // Anything else is what the server greets with.
    if (name === '' || name === '.' || !/^[-dl]$/.test(type)) continue
    const problem = nameProblem(name) ?? (name.includes('\uFFFD') ? 'it is not in UTF-8' : undefined)
    if (problem) {
      onWarning(ignored(name, problem))
      continue
    }
    entries.push({
      name,
      kind: type === 'd' ? 'directory' : type === 'l' ? 'link' : 'file',
      size: type === '-' ? Number(size) : null,
      date: calendarDate(Number(year), Number(month), Number(day)),
      hash: null,
    })
  }
  return entries
}

function notStarted(error: unknown): RemoteError {
  return new RemoteError({
    code: 'server_error',
    message:
      codeOf(error) === 'ENOENT'
        ? 'rsync is not installed on this machine'
        : told`rsync cannot be started: ${String(error)}`,
    hint: 'Install rsync, or take another protocol.',
    permanent: true,
    cause: error,
  })
}

function tooLarge(characters: number): RemoteError {
  return new RemoteError({
    code: 'response_too_large',
    message: `The listing is larger than ${characters} characters`,
    permanent: true,
  })
}
