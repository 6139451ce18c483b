import {createHash} from 'node:crypto'
import {createReadStream} from 'node:fs'
import {open} from 'node:fs/promises'
import {BiomajError} from '../../../shared/errors.js'
import {told} from '../told.js'
import {pathInside} from './entry-names.js'

const algorithms = [
  {name: 'md5', digits: 32},
  {name: 'sha256', digits: 64},
] as const

export interface ChecksumRequest {
  /** Absolute. */
  directory: string
  /** Paths below the directory. */
  files: readonly string[]
  signal: AbortSignal
}

/**
 * Compares each file with the checksums that lie beside it (`<file>.md5`, `<file>.sha256`: their first word), where
 * there are any. A file that is not there is passed over.
 *
 * @returns how many checksums were compared
 * @throws {BiomajError} `refused` with the files that differ, after all have been looked at
 */
export async function verifyChecksums({directory, files, signal}: ChecksumRequest): Promise<number> {
  const wrong: string[] = []
  let compared = 0
  for (const file of files) {
    const full = pathInside(directory, file)
    for (const {name, digits} of algorithms) {
      const expected = await firstWord(`${full}.${name}`)
      if (expected === undefined) continue
      const actual = await digest(full, {algorithm: name, signal})
      if (actual === undefined) continue
      compared += 1
      const isChecksum = new RegExp(`^[0-9a-f]{${digits}}$`, 'i').test(expected)
      if (!isChecksum) wrong.push(told`${file}.${name} does not begin with a checksum`)
      else if (expected.toLowerCase() !== actual) wrong.push(told`${file} (${name} ${actual}, expected ${expected})`)
    }
  }
  if (wrong.length === 0) return compared
  const shown = wrong.slice(0, 3).join('; ')
  throw new BiomajError({
    code: 'refused',
    message: `Wrong checksum: ${shown}${wrong.length > 3 ? `; and ${wrong.length - 3} more` : ''}`,
    hint: 'Update again from the step "download" on; if it stays, the remote side has a file and a checksum that do not fit.',
    details: {files: wrong},
  })
}

/** Undefined without such a file. */
async function firstWord(file: string): Promise<string | undefined> {
  const handle = await openIfThere(file)
  if (!handle) return undefined
  try {
    const {buffer, bytesRead} = await handle.read(Buffer.alloc(1024), 0, 1024, 0)
    return buffer.toString('latin1', 0, bytesRead).trim().split(/\s+/)[0] ?? ''
  } finally {
    await handle.close()
  }
}

async function digest(
  file: string,
  {algorithm, signal}: {algorithm: string; signal: AbortSignal},
): Promise<string | undefined> {
  const handle = await openIfThere(file)
  if (!handle) return undefined
  const hash = createHash(algorithm)
  for await (const chunk of createReadStream('', {fd: handle, signal, highWaterMark: 256 * 1024})) {
    hash.update(chunk as Buffer)
  }
  return hash.digest('hex')
}

async function openIfThere(file: string) {
  try {
    return await open(file, 'r')
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) {
      return undefined
    }
    throw error
  }
}
