import {randomBytes} from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import {BiomajError} from '../shared/errors.js'
import {makeFolder} from '../shared/make-folder.js'

const maxBytes = 1024 * 1024

/** Modes and owners mean something only where the system has them. */
const posix = process.platform !== 'win32'

/**
 * The text of a file that nobody else may read or write, or undefined if there is none.
 * Refuses a symbolic link, another owner, and any right of group or others: whoever can write our
 * files chooses where a key is sent. What is checked is what is read: the open file, not its name.
 */
export function readPrivateFile(file: string): string | undefined {
  let descriptor: number
  try {
    if (fs.lstatSync(file).isSymbolicLink()) throw symbolicLink(file)
    descriptor = fs.openSync(file, fs.constants.O_RDONLY | (posix ? fs.constants.O_NOFOLLOW : 0))
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    if (hasCode(error, 'ELOOP')) throw symbolicLink(file)
    throw error instanceof BiomajError ? error : unusable('read', file, error)
  }
  try {
    const stat = fs.fstatSync(descriptor)
    if (!stat.isFile())
      throw invalid(`${file} is not a regular file`, `Move it away: \`mv ${quote(file)} ${quote(`${file}.old`)}\`.`)
    requirePrivate(file, stat, '600')
    if (stat.size > maxBytes)
      throw invalid(
        `${file} is larger than 1 MiB, so it is not ours`,
        `Move it away: \`mv ${quote(file)} ${quote(`${file}.old`)}\`.`,
      )
    return fs.readFileSync(descriptor, 'utf8')
  } finally {
    fs.closeSync(descriptor)
  }
}

/** Makes a directory that only we may enter, parents included; refuses one that others can change. */
export function ensurePrivateDirectory(directory: string): void {
  try {
    makeFolder(directory, {mode: 0o700})
  } catch (error) {
    throw unusable('create', directory, error)
  }
  requireOwnDirectory(directory)
}

/** Refuses a directory of another owner, or one where others could put their own file in place of ours. */
export function requireOwnDirectory(directory: string): void {
  if (!posix) return
  const stat = fs.statSync(directory)
  requireOwner(directory, stat)
  if ((stat.mode & 0o022) !== 0) {
    throw invalid(`${directory} can be written by other users`, `Run \`chmod 700 ${quote(directory)}\`.`)
  }
}

/** Writes a file of mode 0600 whole or not at all: a new file beside it, flushed to the disk, then renamed over it. */
export function writePrivateFile(file: string, text: string): void {
  const directory = path.dirname(file)
  ensurePrivateDirectory(directory)
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    // 'wx' is O_EXCL: it neither follows a link nor opens a file that somebody laid there.
    const descriptor = fs.openSync(temporary, 'wx', 0o600)
    try {
      fs.writeFileSync(descriptor, text)
      fs.fsyncSync(descriptor)
    } finally {
      fs.closeSync(descriptor)
    }
    fs.renameSync(temporary, file)
  } catch (error) {
    fs.rmSync(temporary, {force: true})
    throw unusable('write', file, error)
  }
  syncDirectory(directory)
}

/** Refuses an open file or a directory that others have any right to. */
export function requirePrivate(file: string, stat: fs.Stats, mode: '600' | '700'): void {
  if (!posix) return
  requireOwner(file, stat)
  if ((stat.mode & 0o077) === 0) return
  throw invalid(
    `${file} is open to other users (mode ${(stat.mode & 0o777).toString(8).padStart(4, '0')})`,
    `Run \`chmod ${mode} ${quote(file)}\`.`,
  )
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/** A file or directory that the system does not let us use, with the system's reason. */
export function unusable(action: 'read' | 'write' | 'create' | 'lock', file: string, cause: unknown): BiomajError {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
  return new BiomajError({
    code: 'config_invalid',
    message: `Cannot ${action} ${file}: ${reason}`,
    hint: `Check rights and free space: \`ls -ld ${quote(path.dirname(file))} ${quote(file)}\`.`,
    cause,
  })
}

/** A path as it can be pasted into a shell. */
export function quote(file: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(file) ? file : `'${file.replaceAll("'", String.raw`'\''`)}'`
}

function requireOwner(file: string, stat: fs.Stats): void {
  const user = process.getuid?.()
  if (user === undefined || stat.uid === user || stat.uid === 0) return
  throw invalid(`${file} belongs to another user (uid ${stat.uid})`, `Run \`chown ${user} ${quote(file)}\`.`)
}

function symbolicLink(file: string): BiomajError {
  return invalid(
    `${file} is a symbolic link`,
    `Put the file itself there: \`mv "$(readlink -f ${quote(file)})" ${quote(file)}\`, then \`chmod 600 ${quote(file)}\`.`,
  )
}

function invalid(message: string, hint: string): BiomajError {
  return new BiomajError({code: 'config_invalid', message, hint})
}

function syncDirectory(directory: string): void {
  // Windows cannot open a directory; there the rename is as durable as the file system makes it.
  if (!posix) return
  const descriptor = fs.openSync(directory, 'r')
  try {
    fs.fsyncSync(descriptor)
  } finally {
    fs.closeSync(descriptor)
  }
}
