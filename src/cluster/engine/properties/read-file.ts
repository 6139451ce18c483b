import {constants} from 'node:fs'
import {open} from 'node:fs/promises'
import path from 'node:path'
import {type IniFile, parseIni} from './ini.js'

/** A properties file of a bank has a few kilobytes; what is larger is something else. */
const largestBytes = 1024 * 1024

/** Why a file cannot be read as text. */
export interface UnreadableFile {
  ok: false
  kind: 'unreadable' | 'too-large' | 'encoding'
  /** Of the first byte that is no UTF-8. */
  line: number | null
  message: string
  hint: string
}

export interface ReadableFile {
  ok: true
  ini: IniFile
  /** Permission bits; without meaning on Windows. */
  mode: number
}

/**
 * Reads and parses a properties file, as text in UTF-8, which is how Python reads it under any current locale.
 *
 * @param cwd folder in which a relative path begins; findings name the file as it was given
 */
export async function readPropertiesFile(file: string, cwd: string): Promise<ReadableFile | UnreadableFile> {
  const content = await readBytes(path.resolve(cwd, file))
  if (!('bytes' in content)) return content
  try {
    // Python keeps a byte-order mark, and stumbles over it.
    const text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(content.bytes)
    return {ok: true, ini: parseIni(text, file), mode: content.mode}
  } catch (error) {
    if (error instanceof TypeError) return notText(content.bytes)
    throw error
  }
}

async function readBytes(file: string): Promise<{bytes: Uint8Array; mode: number} | UnreadableFile> {
  try {
    // A named pipe must not keep us waiting for somebody who writes into it.
    const handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    try {
      const stats = await handle.stat()
      if (!stats.isFile()) return unreadable(stats.isDirectory() ? 'It is a folder' : 'It is no regular file')
      if (stats.size > largestBytes) return tooLarge(stats.size)
      const bytes = await handle.readFile()
      if (bytes.byteLength > largestBytes) return tooLarge(bytes.byteLength)
      return {bytes, mode: stats.mode}
    } finally {
      await handle.close()
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined
    if (code === undefined) throw error
    return unreadable(reasons[code] ?? `The system refuses to read it (${code})`)
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such file',
  EACCES: 'You may not read it',
  EPERM: 'You may not read it',
  EISDIR: 'It is a folder',
  ENOTDIR: 'There is no such file',
  ELOOP: 'Its links lead round in a circle',
  ENAMETOOLONG: 'Its name is too long',
}

function unreadable(message: string): UnreadableFile {
  return {ok: false, kind: 'unreadable', line: null, message, hint: 'Give the properties file of a bank.'}
}

function tooLarge(bytes: number): UnreadableFile {
  const megabytes = (bytes / 1024 / 1024).toFixed(1)
  return {
    ok: false,
    kind: 'too-large',
    line: null,
    message: `It has ${megabytes} MiB; a properties file of more than 1 MiB is not read`,
    hint: 'Give the properties file of a bank.',
  }
}

function notText(bytes: Uint8Array): UnreadableFile {
  if (bytes.includes(0)) {
    return {...unreadable('It is binary, not text'), kind: 'encoding'}
  }
  return {
    ok: false,
    kind: 'encoding',
    line: lineOfBadByte(bytes),
    message: 'It is not UTF-8; BioMAJ cannot read it',
    hint: 'Convert it, from Latin-1 for example: iconv -f latin1 -t utf8.',
  }
}

/** Each line is looked at on its own: no character of UTF-8 contains the byte of a line end. */
function lineOfBadByte(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true})
  let line = 1
  let start = 0
  for (;;) {
    const end = bytes.indexOf(0x0a, start)
    try {
      decoder.decode(bytes.subarray(start, end === -1 ? bytes.length : end))
    } catch (error) {
      if (error instanceof TypeError) return line
      throw error
    }
    if (end === -1) return line
    start = end + 1
    line++
  }
}
