import path from 'node:path'
import {BiomajError} from '../../../shared/errors.js'
import {told} from '../told.js'

/** Why an archive is not extracted, in words that go after "because". `extractAll` adds the archive and a code. */
export class ArchiveProblem extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ArchiveProblem'
  }
}

/**
 * The name of an entry as a path below the folder of its archive, without `.` and empty parts. Empty for the folder itself.
 *
 * @throws {ArchiveProblem} when it leads anywhere else
 */
export function entryPath(name: string): string {
  if (name.startsWith('/')) throw new ArchiveProblem(told`it names an absolute path: ${name}`)
  const parts = name.split('/').filter(part => part !== '' && part !== '.')
  if (parts.includes('..')) throw new ArchiveProblem(told`it names a path that leaves its folder: ${name}`)
  if (name.includes('\0')) throw new ArchiveProblem(told`it names a path that no system has: ${name}`)
  return parts.join('/')
}

/**
 * The target of a symbolic link, in a form that cannot lead out of the folder whatever is put beside it: some `..`,
 * then names. A `..` after a name could go through another link, so such targets are refused even when they look harmless.
 *
 * @param link path of the link below the folder; the folders above it must be real ones
 * @throws {ArchiveProblem} when it leads out of the folder, or may do so
 */
export function linkTarget(link: string, target: string): string {
  const refuse = () => new ArchiveProblem(told`it has a link that leads out of its folder: ${link} -> ${target}`)
  if (target.startsWith('/') || target === '' || target.includes('\0')) throw refuse()
  const parts = target.split('/').filter(part => part !== '' && part !== '.')
  const ups = parts.findIndex(part => part !== '..')
  const upCount = ups === -1 ? parts.length : ups
  if (parts.slice(upCount).includes('..')) throw refuse()
  if (upCount > link.split('/').length - 1) throw refuse()
  return parts.length === 0 ? '.' : parts.join('/')
}

/**
 * The absolute path of a file that is named relative to a directory.
 *
 * @throws {BiomajError} `refused` when the name leads out of the directory
 */
export function pathInside(directory: string, file: string): string {
  const full = path.resolve(directory, file)
  if (full !== path.resolve(directory) && full.startsWith(`${path.resolve(directory)}/`) && !file.includes('\0')) {
    return full
  }
  throw new BiomajError({
    code: 'refused',
    message: told`The name of a file leads out of its folder: ${file}`,
    hint: 'Narrow remote.files, so that it does not match this file.',
  })
}
